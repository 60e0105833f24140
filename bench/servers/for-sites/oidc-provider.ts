/** oidc-provider as a provider for websites: its page, its user's yes, its code. */
import { fileURLToPath } from "node:url";
import { freePort } from "../../../test/support/free-port.ts";
import { start } from "../../lib/children.ts";
import { CookieJar } from "../../lib/cookie-jar.ts";
import type { Person } from "../../lib/person.ts";
import { benchClient, codeIn, redirectUri, request, type Provider } from "./party.ts";

const serverPath = fileURLToPath(new URL("./oidc-provider-server.ts", import.meta.url));

export async function startOidcProvider(kind: "opaque" | "jwt"): Promise<Provider> {
  const port = await freePort("127.0.0.1");
  const name = kind === "jwt" ? "oidc-provider, JWT access tokens" : "oidc-provider, as it comes";
  const args = [serverPath, String(port), kind];
  const server = await start({ name, command: process.execPath, args, port });
  const origin = `http://127.0.0.1:${port}`;
  return {
    name,
    durability: "in memory (its default)",
    signs: kind === "jwt" ? "id token, access token" : "id token",
    origin,
    pids: () => [server.pid],
    stop: server.stop,
    client: benchClient,
    tokenPath: "/token",
    authorize,
    rows: async () => Number(await (await fetch(`${origin}/__rows`)).text()),
  };
}

/** A browser that nobody is signed in on yet: the login is interaction, and back. */
async function authorize(browser: Person): Promise<string> {
  const jar = new CookieJar();
  let answer = await jar.ask(browser, "GET", `/auth?${request(benchClient)}`);
  for (let i = 0; i < 4; i++) {
    const { location = "" } = answer.headers;
    if (location.startsWith(redirectUri)) return codeIn(location);
    const { pathname, search } = new URL(location, browser.origin);
    answer = await jar.ask(browser, "GET", pathname + search);
  }
  throw new Error(`no way back: ${answer.status} ${answer.text.slice(0, 300)}`);
}

/** better-auth's OAuth provider as a provider for websites. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../../../test/support/free-port.ts";
import { start } from "../../lib/children.ts";
import { CookieJar } from "../../lib/cookie-jar.ts";
import type { Person } from "../../lib/person.ts";
import { newDir } from "../../lib/work-dir.ts";
import { codeIn, request, type Client, type Provider } from "./party.ts";
import { user } from "../better-auth/common.ts";

const serverPath = fileURLToPath(new URL("./better-auth-server.ts", import.meta.url));

export async function startBetterAuthProvider(): Promise<Provider> {
  const port = await freePort("127.0.0.1");
  const name = "better-auth, OAuth provider";
  const args = [serverPath, String(port), join(newDir("better-auth"), "auth.sqlite")];
  const server = await start({ name, command: process.execPath, args, port });
  const origin = `http://127.0.0.1:${port}`;
  const client = (await (await fetch(`${origin}/__client`)).json()) as Client;
  const jars = new WeakMap<Person, Promise<CookieJar>>();
  return {
    name,
    durability: "SQLite on disk, fsync per change",
    signs: "id token",
    origin,
    pids: () => [server.pid],
    stop: server.stop,
    client,
    tokenPath: "/api/auth/oauth2/token",
    async authorize(browser) {
      const jar = jars.get(browser) ?? signIn(browser);
      jars.set(browser, jar);
      const path = `/api/auth/oauth2/authorize?${request(client)}`;
      const answer = await (await jar).ask(browser, "GET", path);
      return codeIn(answer.headers.location);
    },
    rows: async () => Number(await (await fetch(`${origin}/__rows`)).text()),
  };
}

/** Once for each browser, as its password costs more than all the rest; not part of a login. */
async function signIn(browser: Person): Promise<CookieJar> {
  const jar = new CookieJar();
  const { email, password } = user;
  const body = { email, password };
  const { status } = await jar.ask(browser, "POST", "/api/auth/sign-in/email", { body });
  if (status !== 200) throw new Error(`sign-in answered ${status}`);
  browser.forget();
  return jar;
}

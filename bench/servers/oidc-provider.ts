/** oidc-provider's device flow (RFC 8628) as a party. */
import { fileURLToPath } from "node:url";
import { freePort } from "../../test/support/free-port.ts";
import { start } from "../lib/children.ts";
import { CookieJar } from "../lib/cookie-jar.ts";
import type { Person } from "../lib/person.ts";
import { Ear, pollInto, type Party } from "../lib/party.ts";

/** It states none, and RFC 8628 (3.2) then demands five seconds between two requests. */
const INTERVAL_S = 5;
const form = (fields: Record<string, string>) => ({ body: new URLSearchParams(fields) });

interface Code {
  readonly device_code: string;
  readonly user_code: string;
}

const newCode = (browser: Person) =>
  browser.json<Code>("POST", "/device/auth", form({ client_id: "bench", scope: "openid" }));

export async function startOidcProvider(): Promise<Party> {
  const port = await freePort("127.0.0.1");
  const server = await start({
    name: "oidc-provider",
    command: process.execPath,
    args: [fileURLToPath(new URL("./oidc-provider/server.ts", import.meta.url)), String(port)],
    port,
  });
  // The phone's sign-in outlives a login, so it is kept per phone.
  const jars = new WeakMap<Person, CookieJar>();
  return {
    name: "oidc-provider, device flow",
    durability: "in memory (its default)",
    hears: { everyS: INTERVAL_S },
    tells: ["confirmed"],
    origin: `http://127.0.0.1:${port}`,
    pids: () => [server.pid],
    stop: server.stop,
    mints: [{ what: "POST /device/auth", ask: async (browser) => void (await newCode(browser)) }],
    begin(browser, phone) {
      const jar = jars.get(phone) ?? new CookieJar();
      jars.set(phone, jar);
      return begin(browser, phone, jar);
    },
  };
}

async function begin(browser: Person, phone: Person, jar: CookieJar) {
  const { device_code, user_code } = await newCode(browser);
  const ear = new Ear();
  const grant_type = "urn:ietf:params:oauth:grant-type:device_code";
  let tokens = "";
  const stop = pollInto(ear, INTERVAL_S, async () => {
    const { status, text } = await browser.ask(
      "POST",
      "/token",
      form({ grant_type, device_code, client_id: "bench" }),
    );
    if (status !== 200) return (JSON.parse(text) as { error: string }).error;
    tokens = text;
    return "confirmed";
  });
  let xsrf = "";
  return {
    heard: (what: "scanned" | "confirmed") => ear.heard(what),
    told: () => ear.told,
    /** Opens the code's address and submits what that page submits by itself: the confirm page is on screen. */
    async scan() {
      const opened = await jar.ask(phone, "GET", `/device?user_code=${user_code}`);
      xsrf = /name="xsrf" value="([^"]+)"/.exec(opened.text)?.[1] ?? "";
      const shown = await jar.ask(phone, "POST", "/device", form({ xsrf, user_code }));
      if (!shown.text.includes("Confirm Device"))
        throw new Error(`no confirm page: ${shown.status}`);
    },
    async confirm() {
      const done = await jar.follow(
        phone,
        "POST",
        "/device",
        form({ xsrf, user_code, confirm: "yes" }),
      );
      if (!done.text.includes("Success"))
        throw new Error(`not confirmed: ${done.status} ${done.text}`);
    },
    async redeem() {
      if (!tokens.includes("access_token")) throw new Error("no tokens");
    },
    close: stop,
  };
}

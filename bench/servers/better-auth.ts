/** better-auth's device authorization plugin (RFC 8628) as a party. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../../test/support/free-port.ts";
import { start } from "../lib/children.ts";
import { CookieJar } from "../lib/cookie-jar.ts";
import type { Person } from "../lib/person.ts";
import { Ear, pollInto, type Party } from "../lib/party.ts";
import { newDir } from "../lib/work-dir.ts";
import { user } from "./better-auth/common.ts";

interface Code {
  readonly device_code: string;
  readonly user_code: string;
  readonly interval: number;
}

/** Its default; what it demands is read from each answer all the same. */
const INTERVAL_S = 5;
const serverPath = fileURLToPath(new URL("./better-auth/server.ts", import.meta.url));
const client_id = "bench";

const newCode = (browser: Person) =>
  browser.json<Code>("POST", "/api/auth/device/code", { body: { client_id } });

export async function startBetterAuth(): Promise<Party> {
  const port = await freePort("127.0.0.1");
  const server = await start({
    name: "better-auth",
    command: process.execPath,
    args: [serverPath, String(port), join(newDir("better-auth"), "auth.sqlite")],
    port,
  });
  const jars = new WeakMap<Person, Promise<CookieJar>>();
  return {
    name: "better-auth, device authorization",
    durability: "SQLite on disk, fsync per change",
    hears: { everyS: INTERVAL_S },
    tells: ["confirmed"],
    origin: `http://127.0.0.1:${port}`,
    pids: () => [server.pid],
    stop: server.stop,
    mints: [{ what: "POST /device/code", ask: async (browser) => void (await newCode(browser)) }],
    async begin(browser, phone) {
      const signedIn = jars.get(phone) ?? signIn(phone);
      jars.set(phone, signedIn);
      return begin(browser, phone, await signedIn);
    },
  };
}

/** Once per phone; not part of a login. */
async function signIn(phone: Person): Promise<CookieJar> {
  const jar = new CookieJar();
  const { email, password } = user;
  const body = { email, password };
  const { status } = await jar.ask(phone, "POST", "/api/auth/sign-in/email", { body });
  if (status !== 200) throw new Error(`sign-in answered ${status}`);
  phone.forget();
  return jar;
}

async function begin(browser: Person, phone: Person, jar: CookieJar) {
  const { device_code, user_code, interval } = await newCode(browser);
  const ear = new Ear();
  const grant_type = "urn:ietf:params:oauth:grant-type:device_code";
  let tokens = "";
  const stop = pollInto(ear, interval, async () => {
    const { status, text } = await browser.ask("POST", "/api/auth/device/token", {
      body: { grant_type, device_code, client_id },
    });
    if (status !== 200) return (JSON.parse(text) as { error: string }).error;
    tokens = text;
    return "confirmed";
  });
  return {
    heard: (what: "scanned" | "confirmed") => ear.heard(what),
    told: () => ear.told,
    async scan() {
      const { status } = await jar.ask(phone, "GET", `/api/auth/device?user_code=${user_code}`);
      if (status !== 200) throw new Error(`scan answered ${status}`);
    },
    async confirm() {
      const body = { userCode: user_code };
      const { status, text } = await jar.ask(phone, "POST", "/api/auth/device/approve", { body });
      if (status !== 200) throw new Error(`approve answered ${status}: ${text}`);
    },
    async redeem() {
      if (!tokens.includes("access_token")) throw new Error("no tokens");
    },
    close: stop,
  };
}

/** Both sides of a login over plain HTTP, by the client that our pages use. */
import { call, type Answer, type Environment } from "../../public/client/call.js";
import type {
  BrowserView,
  Checked,
  Claim,
  Decision,
  Minted,
  PhoneView,
} from "../../src/login/view.ts";
import { CookieJar } from "./cookie-jar.ts";

/** A place outside of a page: requests go to an origin, with headers and cookies of its own. */
export function outside(
  origin: string,
  headers: Record<string, string> = {},
  cookies = new CookieJar(),
): Environment {
  const own = () => ({ ...headers, ...cookies.headers });
  return {
    async fetch(path, init) {
      const all = new Headers(init.headers);
      for (const [name, value] of Object.entries(own())) all.set(name, value);
      const response = await fetch(origin + path, { ...init, headers: all, redirect: "manual" });
      cookies.take(response);
      return response;
    },
    connect: (path) => new HeaderedSocket(origin.replace("http", "ws") + path, { headers: own() }),
    isHidden: () => false,
    on() {},
  };
}

/** Node's WebSocket takes headers, which a browser's does not. */
const HeaderedSocket = WebSocket as unknown as new (
  url: string,
  options: { headers: Record<string, string> },
) => WebSocket;

/** A native app, or a script, that stands for a phone. */
export class App {
  readonly #env: Environment;

  constructor(origin: string, token: string, headers: Record<string, string> = {}) {
    this.#env = outside(origin, { ...headers, Authorization: `Bearer ${token}` });
  }

  scan(uuid: string): Promise<Answer<Claim>> {
    return call("POST", `/qrcode/scan?uuid=${uuid}`, undefined, this.#env);
  }

  confirm(uuid: string): Promise<Answer<Decision>> {
    return call("POST", `/qrcode/confirm?uuid=${uuid}`, undefined, this.#env);
  }

  cancel(uuid: string): Promise<Answer<Decision>> {
    return call("POST", `/qrcode/cancel?uuid=${uuid}`, undefined, this.#env);
  }

  check(uuid: string): Promise<Answer<Checked<PhoneView>>> {
    return call("GET", `/qrcode/check?uuid=${uuid}`, undefined, this.#env);
  }
}

/** A waiting browser without a page. */
export class HttpBrowser {
  readonly #env: Environment;

  constructor(origin: string) {
    this.#env = outside(origin, { Origin: origin });
  }

  mint(): Promise<Minted> {
    return granted(call("GET", "/qrcode/get", undefined, this.#env));
  }

  /** Attaches, the first time; after that it looks. */
  check(uuid: string): Promise<Answer<Checked<BrowserView>>> {
    return call("GET", `/qrcode/check?uuid=${uuid}`, undefined, this.#env);
  }
}

/** The answer of a call that must be granted. */
export async function granted<T>(answer: Promise<Answer<T>>): Promise<T> {
  const it = await answer;
  if (!it.ok) throw new Error(`refused: ${it.code}`);
  return it.body;
}

/** What the phone page keeps in its cookie, and an app sends as its Bearer token. */
export async function accountToken(
  origin: string,
  username: string,
  password = `${username}-demo`,
): Promise<string> {
  const credentials = { username, password };
  const answer: Promise<Answer<{ access_token: string }>> = call(
    "POST",
    "/account/token",
    credentials,
    outside(origin),
  );
  return (await granted(answer)).access_token;
}

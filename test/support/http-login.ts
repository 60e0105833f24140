/** Both sides of a login over plain HTTP: a browser with its cookies, an app with its token. */
import type { BrowserView, PhoneView } from "../../src/login/view.ts";

/** A server that hangs is to fail a test, not to hang it. */
const ANSWER_LIMIT_MS = 30_000;

export interface Answer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T & { readonly code?: string };
}

/** A native app, or a script, that stands for a phone. */
export class App {
  readonly #origin: string;
  readonly #token: string;

  constructor(origin: string, token: string) {
    this.#origin = origin;
    this.#token = token;
  }

  /** With a built-in demo account. */
  static async signIn(origin: string, username: string): Promise<App> {
    return new App(origin, await accountToken(origin, username));
  }

  scan(uuid: string) {
    return this.#post<PhoneView & { confirm_url: string; cancel_url: string }>("scan", uuid);
  }

  confirm(uuid: string) {
    return this.#post<PhoneView>("confirm", uuid);
  }

  cancel(uuid: string) {
    return this.#post<PhoneView>("cancel", uuid);
  }

  check(uuid: string) {
    return send<PhoneView>(`${this.#origin}/qrcode/check?uuid=${uuid}`, {
      headers: this.#headers(),
    });
  }

  #post<T>(call: string, uuid: string) {
    const url = `${this.#origin}/qrcode/${call}?uuid=${uuid}`;
    return send<T>(url, { method: "POST", headers: this.#headers() });
  }

  #headers() {
    return { Authorization: `Bearer ${this.#token}` };
  }
}

/** A waiting browser without a page. */
export class HttpBrowser {
  readonly #origin: string;
  readonly #cookies = new Map<string, string>();

  constructor(origin: string) {
    this.#origin = origin;
  }

  mint() {
    return this.#send<{ uuid: string; qrcode: string; expires_in: number }>("/qrcode/get");
  }

  /** Attaches, the first time; after that it looks. */
  check(uuid: string) {
    return this.#send<BrowserView & { poll_after: number }>(`/qrcode/check?uuid=${uuid}`);
  }

  redeem(uuid: string, { ticket, time }: Pick<BrowserView, "ticket" | "time">) {
    return this.#send<{ return_to: string }>("/login/qrcode", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ uuid, ticket, time }),
    });
  }

  me() {
    return this.#send<{ user: { sub: string; name: string } }>("/me");
  }

  async #send<T>(path: string, init: RequestInit = {}): Promise<Answer<T>> {
    const headers = new Headers(init.headers);
    headers.set("Origin", this.#origin);
    headers.set("Cookie", [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; "));
    const answer = await send<T>(this.#origin + path, { ...init, headers });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      this.#cookies.set(name, value);
    }
    return answer;
  }
}

/** What the phone page keeps in its cookie, and an app sends as its Bearer token. */
export async function accountToken(origin: string, username: string): Promise<string> {
  const { status, body } = await send<{ access_token: string }>(`${origin}/account/token`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ username, password: `${username}-demo` }),
  });
  if (status !== 200) throw new Error(`no token for ${username}: ${status} ${body.code}`);
  return body.access_token;
}

export async function send<T>(url: string, init: RequestInit = {}): Promise<Answer<T>> {
  const signal = AbortSignal.timeout(ANSWER_LIMIT_MS);
  const response = await fetch(url, { redirect: "manual", signal, ...init });
  const { status, headers } = response;
  return { status, headers, body: await response.json<Answer<T>["body"]>() };
}

/**
 * The two sides of a login as tests drive them, over HTTP only: a browser with its cookies, and a
 * phone with its token.
 */
import { randomBytes, scryptSync } from "node:crypto";
import { env, exports } from "cloudflare:workers";
import type { BrowserView, Minted } from "../../../src/login/view.ts";
import { CookieJar } from "../cookie-jar.ts";

export const ORIGIN = "https://login.example";

export interface PartyOptions {
  /** Sent along with every request. */
  readonly headers?: Record<string, string>;
  /** What the edge says of this device's place. */
  readonly cf?: Record<string, unknown>;
  readonly origin?: string;
  /** Another way to the Worker; by default the deployed one. */
  readonly via?: (request: Request) => Response | Promise<Response>;
}

/** A device with an address of its own, so that no test is held up by another's rate limit. */
class Party {
  readonly origin: string;
  readonly address = randomAddress();
  readonly #options: PartyOptions;

  constructor(options: PartyOptions = {}) {
    this.#options = options;
    this.origin = options.origin ?? ORIGIN;
  }

  protected async send(path: string, init: RequestInit): Promise<Response> {
    const { headers: own, cf, via } = this.#options;
    const headers = new Headers({ "CF-Connecting-IP": this.address, ...own });
    new Headers(init.headers).forEach((value, name) => headers.set(name, value));
    const place = cf === undefined ? {} : { cf };
    const all = { redirect: "manual", ...init, headers, ...place } as RequestInit;
    const request = new Request(this.origin + path, all);
    return via ? via(request) : exports.default.fetch(request);
  }
}

export class Browser extends Party {
  readonly cookies = new CookieJar();

  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers({ Origin: this.origin, ...this.cookies.headers });
    new Headers(init.headers).forEach((value, name) => headers.set(name, value));
    const response = await this.send(path, { ...init, headers });
    this.cookies.take(response);
    return response;
  }

  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return this.fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
  }

  submit(path: string, fields: Record<string, string>): Promise<Response> {
    return this.fetch(path, { method: "POST", body: new URLSearchParams(fields) });
  }

  async mint(): Promise<Minted> {
    return (await this.fetch("/qrcode/get")).json();
  }

  check(uuid: string): Promise<Response> {
    return this.fetch(`/qrcode/check?uuid=${uuid}`);
  }

  async view(uuid: string): Promise<BrowserView> {
    return (await this.check(uuid)).json();
  }

  openSocket(uuid: string, headers: Record<string, string> = {}): Promise<Response> {
    return this.fetch(`/qrcode/ws?uuid=${uuid}`, { headers: { Upgrade: "websocket", ...headers } });
  }

  async listen(uuid: string): Promise<Listener> {
    return new Listener(await this.openSocket(uuid));
  }

  /** The number that the phone shows. */
  enter(uuid: string, code: string): Promise<Response> {
    return this.post("/login/verify", { uuid, code });
  }

  redeem(uuid: string, view: Pick<BrowserView, "ticket" | "time">): Promise<Response> {
    return this.post("/login/qrcode", { uuid, ticket: view.ticket, time: view.time });
  }
}

/** A socket that remembers what it heard. */
export class Listener<View extends { state: string } = BrowserView> {
  readonly heard: View[] = [];
  readonly closed: Promise<CloseEvent>;
  readonly socket: WebSocket;
  pongs = 0;
  #news: () => void = () => {};
  #isClosed = false;

  constructor(response: Response) {
    const { webSocket } = response;
    if (webSocket === null) throw new Error(`no socket but ${response.status}`);
    this.socket = webSocket;
    this.closed = new Promise((resolve) => {
      webSocket.addEventListener("close", resolve);
    });
    webSocket.addEventListener("close", () => {
      this.#isClosed = true;
      this.#news();
    });
    webSocket.addEventListener("message", ({ data }) => {
      if (data === "pong") this.pongs++;
      else this.heard.push(JSON.parse(String(data)) as View);
      this.#news();
    });
    webSocket.accept();
  }

  /** The first view of this state; waits for it. */
  async until(state: View["state"]): Promise<View> {
    await this.when(() => this.heard.some((it) => it.state === state));
    const view = this.heard.find((it) => it.state === state);
    if (view === undefined) throw new Error("unreachable");
    return view;
  }

  /** Waits until something heard makes it true; a socket that closed before never will. */
  async when(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.#isClosed) throw new Error(`closed, having heard ${this.states.join(", ")}`);
      await new Promise<void>((resolve) => {
        this.#news = resolve;
      });
    }
  }

  /** Everything sent before this call has been heard once it resolves. */
  async caughtUp(): Promise<void> {
    const pongs = this.pongs + 1;
    this.socket.send("ping");
    await this.when(() => this.pongs >= pongs);
  }

  get states(): string[] {
    return this.heard.map(({ state }) => state);
  }
}

export class Phone extends Party {
  readonly token: string;

  constructor(token: string, options: PartyOptions = {}) {
    super(options);
    this.token = token;
  }

  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers({ Authorization: `Bearer ${this.token}` });
    new Headers(init.headers).forEach((value, name) => headers.set(name, value));
    return this.send(path, { ...init, headers });
  }

  scan(uuid: string): Promise<Response> {
    return this.fetch(`/qrcode/scan?uuid=${uuid}`, { method: "POST" });
  }

  confirm(uuid: string): Promise<Response> {
    return this.fetch(`/qrcode/confirm?uuid=${uuid}`, { method: "POST" });
  }

  cancel(uuid: string): Promise<Response> {
    return this.fetch(`/qrcode/cancel?uuid=${uuid}`, { method: "POST" });
  }

  check(uuid: string): Promise<Response> {
    return this.fetch(`/qrcode/check?uuid=${uuid}`);
  }

  openSocket(uuid: string): Promise<Response> {
    return this.fetch(`/qrcode/ws?uuid=${uuid}`, { headers: { Upgrade: "websocket" } });
  }
}

export type Status = "active" | "disabled" | "deleted";

export interface Account {
  readonly sub: string;
  readonly name: string;
  readonly username: string;
  readonly password: string;
}

/**
 * Puts an account into the database under a random username by default. Its hash is of the least cost, as
 * the cost is part of what is stored: most tests are not about it.
 */
export async function newAccount(
  status: Status = "active",
  username = `user-${randomBytes(6).toString("hex")}`,
): Promise<Account> {
  const password = randomBytes(9).toString("base64url");
  const account = { sub: `sub-${username}`, name: `Name of ${username}`, username, password };
  await env.DB.prepare(
    "INSERT INTO accounts (sub, username, password_hash, name, avatar, status) VALUES (?, ?, ?, ?, NULL, ?)",
  )
    .bind(account.sub, username, cheapHash(password), account.name, status)
    .run();
  return account;
}

export async function setStatus({ sub }: Account, status: Status): Promise<void> {
  await env.DB.prepare("UPDATE accounts SET status = ? WHERE sub = ?").bind(status, sub).run();
}

/** The phone of this account (or of a new one of this username), signed in the way an app does it. */
export async function phoneOf(
  account: Account | string,
  options: PartyOptions = {},
): Promise<Phone> {
  const { username, password } =
    typeof account === "string" ? await newAccount("active", account) : account;
  const response = await new Browser().post("/account/token", { username, password });
  const { access_token } = await response.json<{ access_token: string }>();
  return new Phone(access_token, options);
}

export async function newPhone(options: PartyOptions = {}): Promise<Phone> {
  return phoneOf(await newAccount(), options);
}

function cheapHash(password: string): string {
  const salt = randomBytes(16);
  const hash = scryptSync(password, salt, 32, { N: 512, r: 1, p: 1 });
  return `$scrypt$ln=9,r=1,p=1$${salt.toString("base64url")}$${hash.toString("base64url")}`;
}

/** Of the network that is set aside for benchmarks (RFC 2544): nobody's. */
function randomAddress(): string {
  const [a = 0, b = 0, c = 0] = randomBytes(3);
  return `198.${18 + (a & 1)}.${b}.${c}`;
}

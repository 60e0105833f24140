/** This project as a party: the bundled Worker under workerd, with a token issuer on loopback. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Issuer } from "../lib/issuer.ts";
import { cookiesOf, type Person } from "../lib/person.ts";
import { Ear, hangUp, pollInto, type Login, type Mint, type Party } from "../lib/party.ts";
import { bundle, projectDir, type Bundle } from "../lib/bundle.ts";
import { serve, type Workerd } from "../lib/workerd.ts";

export interface Options {
  readonly name: string;
  readonly storage: "disk" | "memory";
  readonly vars?: Readonly<Record<string, string>>;
  /** Count what would be billed; `counts()` then tells. */
  readonly counting?: boolean;
  /** Serve the static files too, as a browser needs them. */
  readonly assets?: boolean;
  /** Functions keep their names, so that a profile says something. */
  readonly readable?: boolean;
  /** Ask `/qrcode/check` so often instead of listening on a socket. */
  readonly pollEveryS?: number;
  /** A login begins with the whole page, as a person's does, and not with the code alone. */
  readonly loadsPage?: boolean;
}

/** What the counting wrapper saw since the start. */
export interface Counts {
  readonly worker: number;
  /** Objects constructed: from nothing, or from hibernation. */
  readonly woken: number;
  readonly calls: Readonly<Record<string, number>>;
  readonly messages: number;
  readonly closes: number;
  readonly alarms: number;
  readonly rows: Readonly<Record<string, number>>;
  readonly wipes: number;
  readonly objectMs: number;
}

export interface ThisProject extends Party {
  readonly inspector: string;
  counts(): Promise<Counts>;
}

interface View {
  readonly state: string;
  readonly ticket?: string;
  readonly time?: number;
}

const bundles = new Map<boolean, Promise<Bundle>>();

export function bundleThisProject(readable = false): Promise<Bundle> {
  const bundled = bundles.get(readable) ?? bundle(join(projectDir, "wrangler.toml"), readable);
  bundles.set(readable, bundled);
  return bundled;
}

export async function startThisProject(issuer: Issuer, options: Options): Promise<ThisProject> {
  const wrapper = fileURLToPath(new URL("./this-project/counting.js", import.meta.url));
  const worker = await serve({
    name: options.name,
    code: await bundleThisProject(options.readable),
    storage: options.storage,
    vars: {
      SECRET: randomBytes(32).toString("base64url"),
      IDENTITY: "jwks",
      JWKS_URL: issuer.jwksUrl,
      JWKS_ISSUER: issuer.issuer,
      JWKS_AUDIENCE: issuer.audience,
      ...options.vars,
    },
    ...(options.counting && { wrapper }),
    ...(options.assets && { assetsDir: join(projectDir, "public") }),
  });
  return {
    name: options.name,
    durability:
      options.storage === "disk" ? "on disk, fsync per change" : "in memory (file system in RAM)",
    hears: options.pollEveryS === undefined ? "push" : { everyS: options.pollEveryS },
    tells: ["scanned", "confirmed"],
    origin: worker.origin,
    inspector: worker.inspector,
    pids: () => [worker.pid],
    stop: worker.stop,
    counts: () => countsOf(worker),
    mints: [mintBy("/", true), mintBy("/qrcode/get?svg=1", true), mintBy("/qrcode/get", false)],
    begin: (browser, phone) => beginLogin(browser, phone, issuer.token(), options),
  };
}

function mintBy(path: string, draws: boolean): Mint {
  return {
    what: `GET ${path}`,
    draws,
    async ask(browser) {
      const { status, text } = await browser.ask("GET", path);
      if (status !== 200 || !/qrcode/.test(text) || text.includes("<path") !== draws) {
        throw new Error(`GET ${path}: not the code asked for: ${status} ${text.slice(0, 200)}`);
      }
    },
  };
}

async function countsOf({ origin }: Workerd): Promise<Counts> {
  const answer = await fetch(`${origin}/__counts`);
  return (await answer.json()) as Counts;
}

/** A code and the key to it: what a browser sends along from here on. */
interface Minted {
  readonly uuid: string;
  readonly own: { readonly cookie: string; readonly origin: string };
}

async function getCode(browser: Person): Promise<Minted> {
  const minted = await browser.ask("GET", "/qrcode/get");
  if (minted.status !== 200) throw new Error(`mint answered ${minted.status}: ${minted.text}`);
  const { uuid } = JSON.parse(minted.text) as { uuid: string };
  return { uuid, own: { cookie: cookiesOf(minted), origin: browser.origin } };
}

/** The page with the code in it; its cookie says whose it is. */
export async function loadPage(browser: Person): Promise<Minted> {
  const page = await browser.ask("GET", "/");
  const cookie = cookiesOf(page);
  const uuid = /login-([0-9a-f-]{36})=/.exec(cookie)?.[1];
  if (page.status !== 200 || uuid === undefined) throw new Error(`/ answered ${page.status}`);
  return { uuid, own: { cookie, origin: browser.origin } };
}

/** What a browser and a phone do by our contract, whichever server answers it. */
export async function beginLogin(
  browser: Person,
  phone: Person,
  token: string,
  { pollEveryS, loadsPage }: Pick<Options, "pollEveryS" | "loadsPage"> = {},
): Promise<Login> {
  const { uuid, own } = await (loadsPage ? loadPage(browser) : getCode(browser));
  const bearer = { authorization: `Bearer ${token}` };

  const ear = new Ear();
  let pongs = 0;
  let view: View = { state: "none" };
  const take = (next: View) => {
    view = next;
    ear.hear(next.state);
    return next.state;
  };
  let stop: () => void;
  let ping: (() => void) | undefined;
  // Nobody can scan a code that no browser waits on: its first view says that it does.
  const waits = Promise.withResolvers<void>();
  if (pollEveryS === undefined) {
    const socket = await browser.listen(`/qrcode/ws?uuid=${uuid}`, own, (text) => {
      if (text === "pong") return void pongs++;
      take(JSON.parse(text) as View);
      waits.resolve();
    });
    ping = () => socket.send("ping");
    stop = () => hangUp(socket);
  } else {
    const check = `/qrcode/check?uuid=${uuid}`;
    stop = pollInto(ear, pollEveryS, async () => {
      const asked = browser.json<View>("GET", check, { headers: own });
      asked.then(() => waits.resolve(), waits.reject);
      return take(await asked);
    });
  }
  await waits.promise;

  return {
    heard: (what: "scanned" | "confirmed") => ear.heard(what),
    told: () => ear.told,
    pongs: () => pongs,
    ...(ping && { ping }),
    scan: async () =>
      void (await phone.json("POST", `/qrcode/scan?uuid=${uuid}`, { headers: bearer })),
    confirm: async () =>
      void (await phone.json("POST", `/qrcode/confirm?uuid=${uuid}`, { headers: bearer })),
    async redeem() {
      const { ticket, time } = view;
      const answer = await browser.ask("POST", "/login/qrcode", {
        headers: own,
        body: { uuid, ticket, time },
      });
      if (answer.status !== 200 || !cookiesOf(answer)) {
        throw new Error(`redeem answered ${answer.status}: ${answer.text}`);
      }
    },
    close: stop,
  };
}

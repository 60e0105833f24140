/** The home-made designs as parties: pushed through Redis, polled each second, or told the time each second. */
import { fileURLToPath } from "node:url";
import { freePort } from "../../test/support/free-port.ts";
import { start } from "../lib/children.ts";
import type { Issuer } from "../lib/issuer.ts";
import { cookiesOf, type Person } from "../lib/person.ts";
import { Ear, hangUp, pollInto, type Party } from "../lib/party.ts";
import { startRedis } from "./redis.ts";

export type Kind = "push" | "poll" | "tick";

export interface Options {
  readonly name: string;
  readonly kind: Kind;
  readonly durable: boolean;
}

const serverPath = fileURLToPath(new URL("./home-made/server.ts", import.meta.url));
const POLL_EVERY_S = 1;

export async function startHomeMade(
  issuer: Issuer,
  { name, kind, durable }: Options,
): Promise<Party> {
  const redis = await startRedis(durable);
  const port = await freePort("127.0.0.1");
  const server = await start({
    name,
    command: process.execPath,
    args: [serverPath, String(port), String(redis.port), ...(kind === "tick" ? ["tick"] : [])],
    port,
    env: { PUBLIC_KEY: issuer.publicKeyPem },
  });
  const mintPath = "/qrcode/get";
  return {
    name,
    durability: durable ? "append-only file, fsync per change" : "in memory",
    hears: kind === "poll" ? { everyS: POLL_EVERY_S } : "push",
    tells: ["scanned", "confirmed"],
    origin: `http://127.0.0.1:${port}`,
    pids: () => [server.pid, redis.pid],
    stop: async () => void (await Promise.all([server.stop(), redis.stop()])),
    mints: [
      {
        what: `GET ${mintPath}`,
        ask: async (browser) => void (await browser.json("GET", mintPath)),
      },
    ],
    begin: (browser, phone) => begin(browser, phone, issuer.token(), kind),
  };
}

interface View {
  readonly state?: string;
  readonly ticket?: string;
}

async function begin(browser: Person, phone: Person, token: string, kind: Kind) {
  const { uuid } = await browser.json<{ uuid: string }>("GET", "/qrcode/get");
  const bearer = { authorization: `Bearer ${token}` };
  const ear = new Ear();
  let ticket: string | undefined;
  const take = (view: View) => {
    ticket = view.ticket;
    ear.hear(view.state ?? "tick");
    return view.state ?? "tick";
  };
  let stop: () => void;
  if (kind === "poll") {
    const check = `/qrcode/check?uuid=${uuid}`;
    stop = pollInto(ear, POLL_EVERY_S, async () => take(await browser.json<View>("GET", check)));
  } else {
    const waits = Promise.withResolvers<void>();
    const socket = await browser.listen(`/qrcode/ws?uuid=${uuid}`, {}, (text) => {
      take(JSON.parse(text) as View);
      waits.resolve();
    });
    await waits.promise;
    stop = () => hangUp(socket);
  }
  return {
    heard: (what: "scanned" | "confirmed") => ear.heard(what),
    told: () => ear.told,
    scan: async () =>
      void (await phone.json("POST", `/qrcode/scan?uuid=${uuid}`, { headers: bearer })),
    confirm: async () =>
      void (await phone.json("POST", `/qrcode/confirm?uuid=${uuid}`, { headers: bearer })),
    async redeem() {
      const answer = await browser.ask("POST", "/login/qrcode", { body: { uuid, ticket } });
      if (!cookiesOf(answer)) throw new Error(`redeem answered ${answer.status}`);
    },
    close: stop,
  };
}

/** The two relays as parties: what the platform costs, and what storing costs on it. */
import { fileURLToPath } from "node:url";
import { cookiesOf } from "../lib/person.ts";
import { Ear, hangUp, type Party } from "../lib/party.ts";
import { bundle, type Bundle } from "../lib/bundle.ts";
import { serve, type Serve } from "../lib/workerd.ts";

let bundled: Promise<Bundle> | undefined;

export const startBareRelay = () =>
  start({
    name: "bare relay",
    durability: "nothing is stored",
    storage: "memory",
  });

export const startStoringRelay = () =>
  start({
    name: "relay that stores",
    durability: "on disk, fsync per change",
    storage: "disk",
    vars: { KEEPS: "1" },
  });

type Relay = Pick<Party, "name" | "durability"> & Pick<Serve, "storage" | "vars">;

async function start({ name, durability, storage, vars = {} }: Relay): Promise<Party> {
  const worker = await serve({
    name,
    code: await (bundled ??= bundle(
      fileURLToPath(new URL("./relay/wrangler.toml", import.meta.url)),
    )),
    storage,
    vars,
  });
  return {
    name,
    durability,
    hears: "push",
    tells: ["scanned", "confirmed"],
    origin: worker.origin,
    pids: () => [worker.pid],
    stop: worker.stop,
    mints: [
      { what: "bare route", ask: async (browser) => void (await browser.json("GET", "/get")) },
    ],
    async begin(browser, phone) {
      const { uuid } = await browser.json<{ uuid: string }>("GET", "/get");
      const ear = new Ear();
      const hear = (text: string) => ear.hear((JSON.parse(text) as { state: string }).state);
      const socket = await browser.listen(`/ws?uuid=${uuid}`, {}, hear);
      const tell = async (state: string) =>
        void (await phone.json("POST", `/tell?uuid=${uuid}&state=${state}`));
      return {
        heard: (what) => ear.heard(what),
        told: () => ear.told,
        scan: () => tell("scanned"),
        confirm: () => tell("confirmed"),
        async redeem() {
          const answer = await browser.ask("POST", "/login", { body: { uuid } });
          if (!cookiesOf(answer)) throw new Error("no session");
        },
        close: () => hangUp(socket),
      };
    },
  };
}

/** The relay that answers our contract, as a party: what is left when nothing is checked. */
import { fileURLToPath } from "node:url";
import type { Party } from "../lib/party.ts";
import { bundle } from "../lib/bundle.ts";
import { serve } from "../lib/workerd.ts";
import { beginLogin } from "./this-project.ts";

export async function startContractRelay(): Promise<Party> {
  const name = "relay with our contract";
  const config = fileURLToPath(new URL("./contract-relay/wrangler.toml", import.meta.url));
  const worker = await serve({ name, code: await bundle(config), storage: "disk" });
  return {
    name,
    durability: "on disk, fsync per change",
    hears: "push",
    tells: ["scanned", "confirmed"],
    origin: worker.origin,
    pids: () => [worker.pid],
    stop: worker.stop,
    mints: [],
    begin: (browser, phone) => beginLogin(browser, phone, "unread"),
  };
}

import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** Not from the range that systems take for outgoing connections: it is bound only seconds later. */
export async function freePort(host = "localhost"): Promise<number> {
  const port = randomInt(20_000, 32_000);
  const probe = createServer();
  const isFree = await new Promise<boolean>((resolve) => {
    probe.once("error", () => resolve(false));
    probe.listen(port, host, () => resolve(true));
  });
  if (!isFree) return freePort(host);
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** Not from the range that systems take for outgoing connections: it is bound only seconds later. */
export async function freePort(host = "localhost"): Promise<number> {
  // Even: the demo site of a server listens one above it.
  const port = 2 * randomInt(10_000, 16_000);
  const probe = createServer();
  const isFree = await new Promise<boolean>((resolve) => {
    probe.once("error", () => resolve(false));
    probe.listen(port, host, () => resolve(true));
  });
  if (!isFree) return freePort(host);
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

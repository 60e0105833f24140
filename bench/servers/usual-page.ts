/** The usual login page, started. */
import { fileURLToPath } from "node:url";
import { freePort } from "../../test/support/free-port.ts";
import { start, type Child } from "../lib/children.ts";

export async function startUsualPage(): Promise<Child & { readonly port: number }> {
  const port = await freePort("127.0.0.1");
  const server = await start({
    name: "usual page",
    command: process.execPath,
    args: [fileURLToPath(new URL("./usual-page/server.ts", import.meta.url)), String(port)],
    port,
  });
  return { ...server, port };
}

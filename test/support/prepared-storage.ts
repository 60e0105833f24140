/** Before the tests: tables and demo accounts as `npm start` makes them, once, for servers to copy. */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PREPARED_STORAGE, Server } from "./server.ts";

export async function prepareStorage(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "scan-login-prepared-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  // With nothing there, as a new user starts it, until it answers.
  const server = await Server.start();
  await server.stop();
  cpSync(server.storage, folder, { recursive: true });
  await server.remove();
  process.env[PREPARED_STORAGE] = folder;
}

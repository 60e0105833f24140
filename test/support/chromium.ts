/** A Chromium to drive: an installed one if there is one, else the one from npm. */
import { chromium, type Browser } from "playwright-core";
import { inject } from "vitest";

/** A name in the local network, as a phone would use it: not a secure context over plain http. */
export const LAN_NAME = "scan-login.local";

/** Each has an empty profile of its own, which goes when the browser is closed. */
export async function launchChromium(): Promise<Browser> {
  const found = inject("chromium");
  if (found === undefined) {
    throw new Error("no Chrome or Chromium: install one, or set CHROMIUM_PATH to its program");
  }
  const { executablePath, env } = found;
  // Playwright leaves the sandbox off by itself, which root needs, and looks for no updates.
  const args = [
    "--disable-gpu",
    "--disable-sync",
    `--host-resolver-rules=MAP ${LAN_NAME} 127.0.0.1`,
  ];
  return chromium.launch({ executablePath, args, env: { ...process.env, ...env } });
}

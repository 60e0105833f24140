/** A Chromium to drive: an installed one if there is one, else the one from npm. */
import { existsSync } from "node:fs";
import sparticuz from "@sparticuz/chromium";
import { chromium, type Browser } from "playwright-core";

/** Where installers put Chrome and Chromium; `CHROMIUM_PATH` comes before all of them. */
const usualPlaces = [
  process.env["CHROMIUM_PATH"],
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/snap/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  "C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe",
];

/** A name in the local network, as a phone would use it: plain http there is no secure context. */
export const LAN_NAME = "scan-login.local";

/** Each has an empty profile of its own, which goes when the browser is closed. */
export async function launchChromium(): Promise<Browser> {
  const installed = usualPlaces.find((path) => path !== undefined && existsSync(path));
  const own = [
    "--disable-gpu",
    "--disable-sync",
    `--host-resolver-rules=MAP ${LAN_NAME} 127.0.0.1`,
  ];
  // Playwright leaves the sandbox off by itself, which root needs, and looks for no updates.
  // Of the npm one only the program is wanted: its own flags put every page into one process.
  const executablePath = installed ?? (await sparticuz.executablePath());
  return chromium.launch({ executablePath, args: own });
}

/** The README's picture, made from the pages as they are: `UPDATE_PICTURE=1` writes it anew. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Route } from "playwright-core";
import { PNG } from "pngjs";
import { test } from "vitest";
import { strings } from "../../src/pages/language.ts";
import { button, openLogin, readCode } from "../support/people.ts";
import { useStage } from "../support/stage.ts";

const stage = useStage({ SITE_NAME: "Acme" });
const picture = join(import.meta.dirname, "../../docs/login.png");

/** A window with the login page, and in front of it a phone that asks. */
const scene = (desktop: Buffer, phone: Buffer) => `<!doctype html>
<style>
  body { margin: 0; width: 1280px; height: 800px; background: #dfe7e3; position: relative; }
  img { display: block; position: absolute; }
  #desktop { left: 36px; top: 56px; width: 936px; border-radius: 14px; box-shadow: 0 24px 60px -24px #0b2b2580; }
  #phone { right: 40px; bottom: 44px; width: 300px; border: 9px solid #16201d; border-radius: 36px; box-shadow: 0 30px 60px -16px #0b2b2599; }
</style>
<img id="desktop" src="data:image/png;base64,${desktop.toString("base64")}" alt="">
<img id="phone" src="data:image/png;base64,${phone.toString("base64")}" alt="">`;

test.runIf(process.env["UPDATE_PICTURE"] === "1")("draws docs/login.png", async () => {
  const [desktop, phone] = await Promise.all([
    // On a screen of twice the pixels, as it is drawn smaller.
    stage.desktop({ viewport: { width: 1000, height: 720 }, deviceScaleFactor: 2 }),
    stage.phone("ada", { deviceScaleFactor: 2 }),
  ]);
  await openLogin(desktop);
  const code = await readCode(desktop);
  const login = await desktop.screenshot();
  await phone.route(/\/qrcode\/scan/, whereabouts);
  await phone.goto(code);
  await button(phone, strings.en.phone.yes).waitFor();
  const asking = await phone.screenshot();

  const easel = await stage.desktop();
  await easel.setContent(scene(login, asking));
  const drawn = PNG.sync.read(await easel.screenshot());
  writeFileSync(picture, PNG.sync.write(drawn, { colorType: 2, deflateLevel: 9 }));
});

/** As the edge knows it of a deployed Worker's visitors; this machine is nowhere. */
async function whereabouts(route: Route): Promise<void> {
  if (route.request().method() !== "POST") return route.continue();
  const response = await route.fetch();
  const claim = (await response.json()) as { browser: object };
  const browser = {
    ...claim.browser,
    ip: "203.0.113.7",
    city: "Lisbon",
    country: "PT",
    since_s: 12,
  };
  return route.fulfill({ response, json: { ...claim, browser } });
}

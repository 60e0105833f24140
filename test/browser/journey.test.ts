/** Whole logins as people make them: two devices that share nothing but a picture. */
import { expect, test } from "vitest";
import { fill } from "../../src/pages/fill.ts";
import { strings } from "../../src/pages/language.ts";
import { LAN_NAME } from "../support/chromium.ts";
import {
  button,
  goOn,
  greets,
  openCode,
  openLogin,
  readCode,
  says,
  signInAndGoOn,
  uuidIn,
} from "../support/people.ts";
import { useStage } from "../support/stage.ts";
import { watchFor } from "../support/watch.ts";

const { en, "zh-Hans": zh } = strings;
const stage = useStage();

test.concurrent("a code on one screen, scanned by a phone, signs the screen in", async () => {
  const [desktop, phone] = await Promise.all([stage.desktop(), stage.phone()]);
  const complaints = [watchFor(desktop), watchFor(phone)];
  const { host } = new URL(stage.origin);

  await openLogin(desktop);
  await says(desktop, en.login.states.waiting);
  const code = await readCode(desktop);
  expect(code).toBe(`${stage.origin}/qrcode/scan?uuid=${uuidIn(code)}`);

  await phone.goto(code);
  await signInAndGoOn(phone, "ada");
  await says(phone, en.phone.states.ask, { site: host, name: "Ada Lovelace" });
  await says(desktop, en.login.states.scanned, { name: "Ada Lovelace" });
  // Nobody knows where this machine is, so its place is left out.
  expect(await facts(phone)).toEqual({
    [en.phone.facts.browser]: "Chrome, macOS",
    [en.phone.facts.network]: en.phone.sameNetwork,
    [en.phone.facts.age]: expect.stringMatching(/just now|ago/),
  });
  await phone.getByText(en.phone.warning).waitFor();
  await expectNoBeforeYes();

  await button(phone, en.phone.yes).tap();
  await greets(desktop, "Ada Lovelace");
  expect(new URL(desktop.url()).pathname).toBe("/");
  await says(phone, ["You are signed in on Chrome, macOS", en.phone.states.redeemed[1]]);

  // The second time the phone knows who it is.
  await button(desktop, en.home.out).click();
  await says(desktop, en.login.states.waiting);
  await phone.goto(await readCode(desktop));
  await says(phone, en.phone.states.ask, { site: host, name: "Ada Lovelace" });
  expect(await phone.getByLabel(en.signIn.password).count()).toBe(0);
  await button(phone, en.phone.yes).tap();
  await greets(desktop, "Ada Lovelace");
  expect(complaints.map((complaint) => complaint())).toEqual([[], []]);

  async function expectNoBeforeYes() {
    const answers = await phone.locator("#ask").getByRole("button").allInnerTexts();
    expect(answers).toEqual([en.phone.no, en.phone.yes]);
    const [no, yes] = await Promise.all([
      button(phone, en.phone.no).boundingBox(),
      button(phone, en.phone.yes).boundingBox(),
    ]);
    if (no === null || yes === null) throw new Error("both answers are to be seen");
    expect(no.y).toBeLessThanOrEqual(yes.y);
    expect(no.width * no.height).toBeGreaterThanOrEqual(yes.width * yes.height);
  }
});

test.concurrent("a browser that asks for Chinese is signed in by pages in Chinese", async () => {
  const locale = { locale: "zh-CN" };
  const [desktop, phone] = await Promise.all([
    stage.desktop(locale),
    stage.phone(undefined, locale),
  ]);
  const { host } = new URL(stage.origin);
  await openLogin(desktop);
  await says(desktop, zh.login.states.waiting);
  expect(await desktop.locator("html").getAttribute("lang")).toBe("zh-Hans");

  await phone.goto(await readCode(desktop));
  await signInAndGoOn(phone, "lin", zh);
  await says(phone, zh.phone.states.ask, { site: host, name: "林小雨" });
  await says(desktop, zh.login.states.scanned, { name: "林小雨" });
  await button(phone, zh.phone.yes).tap();
  await greets(desktop, "林小雨", zh.home);
  await says(phone, zh.phone.states.redeemed, { browser: "Chrome, macOS" });
});

test.concurrent("a login works over plain http in the local network, as a phone at home has it", async () => {
  const origin = `http://${LAN_NAME}:${stage.server.port}`;
  const lan = { baseURL: origin };
  const [desktop, phone] = await Promise.all([stage.desktop(lan), stage.phone(undefined, lan)]);
  await openLogin(desktop);
  expect(await desktop.evaluate<boolean>("isSecureContext")).toBe(false);
  // Only the machine itself can continue in another window: elsewhere that would be no phone.
  expect(await desktop.getByText(en.login.elsewhere).count()).toBe(0);
  const code = await readCode(desktop);
  expect(code.startsWith(`${origin}/`)).toBe(true);
  await phone.goto(code);
  await signInAndGoOn(phone, "ada");
  await button(phone, en.phone.yes).tap();
  await greets(desktop, "Ada Lovelace");
  await says(phone, en.phone.states.redeemed, { browser: "Chrome, macOS" });
});

test.concurrent("No on the phone: both are told, nobody is signed in, a fresh code comes by itself", async () => {
  const [desktop, phone] = await Promise.all([stage.desktop(), stage.phone("ada")]);
  const code = await openCode(desktop, phone);
  await button(phone, en.phone.no).tap();
  await says(desktop, en.login.states.denied);
  await says(phone, en.phone.states.denied);
  await says(desktop, en.login.states.waiting);
  const fresh = await readCode(desktop);
  expect(uuidIn(fresh)).not.toBe(uuidIn(code));

  await phone.goto(fresh);
  await button(phone, en.phone.yes).tap();
  await greets(desktop, "Ada Lovelace");
});

// Not concurrent, as an isolate checks few passwords at once.
test("on localhost the code can be opened in a second window of the same browser", async () => {
  const desktop = await stage.desktop();
  await openLogin(desktop);
  const opened = desktop.waitForEvent("popup");
  await desktop.getByRole("link", { name: en.login.elsewhere }).click();
  const window = await opened;
  await window.getByLabel(en.signIn.username).fill("ada");
  await window.getByLabel(en.signIn.password).fill("ada-demo");
  await button(window, en.signIn.go).click();
  await goOn(window);
  await button(window, en.phone.yes).click();
  await greets(desktop, "Ada Lovelace");
  await says(window, en.phone.states.redeemed, { browser: "Chrome, macOS" });
});

test.concurrent("signed out, the browser is a stranger again", async () => {
  const [desktop, phone] = await Promise.all([stage.desktop(), stage.phone("ada")]);
  await openCode(desktop, phone);
  await button(phone, en.phone.yes).tap();
  await greets(desktop, "Ada Lovelace");
  await desktop
    .getByText(fill(en.home.since, { site: new URL(stage.origin).host, when: en.justNow }))
    .waitFor();
  expect((await desktop.request.get("/me")).status()).toBe(200);
  await button(desktop, en.home.out).click();
  await says(desktop, en.login.states.waiting);
  expect((await desktop.request.get("/me")).status()).toBe(401);
});

/** What the phone is told about the browser: name → value. */
async function facts(phone: Awaited<ReturnType<typeof stage.phone>>) {
  const [names, values] = await Promise.all([
    phone.getByRole("term").allInnerTexts(),
    phone.getByRole("definition").allInnerTexts(),
  ]);
  return Object.fromEntries(names.map((name, i) => [name, values[i]]));
}

import { expect, test } from "vitest";
import type { BrowserView } from "../../src/login/view.ts";
import { Browser, newAccount, newPhone } from "../support/worker/parties.ts";
import { stageAt, type Stage } from "../support/worker/stages.ts";

const berlin = { latitude: "52.52", longitude: "13.405", country: "DE", city: "Berlin", asn: 1 };
const hamburg = { latitude: "53.55", longitude: "9.99", country: "DE", city: "Hamburg", asn: 2 };
const tokyo = { latitude: "35.68", longitude: "139.69", country: "JP", city: "Tokyo", asn: 3 };

/** A browser and a phone in their places, the browser waiting, and the object under these variables. */
async function wait(
  vars: Record<string, string>,
  browserCf?: Record<string, unknown>,
  phoneCf?: Record<string, unknown>,
): Promise<Stage> {
  const browser = new Browser(browserCf && { cf: browserCf });
  const phone = await newPhone(phoneCf && { cf: phoneCf });
  return stageAt("pending", { browser, phone, vars });
}

async function codeOf({ phone, uuid }: Stage): Promise<string> {
  await phone.scan(uuid);
  const answer = await (await phone.confirm(uuid)).json<{ state: string; verify_code: string }>();
  expect(answer.state).toBe("verifying");
  expect(answer.verify_code).toMatch(/^\d{3}$/);
  return answer.verify_code;
}

const another = (code: string) => String((Number(code) + 1) % 1000).padStart(3, "0");

test("7 far away: under `warn`, the default, the phone is told how far the browser is", async () => {
  const { phone, uuid } = await wait({}, berlin, tokyo);
  const answer = await (await phone.scan(uuid)).json<{ distance_km: number }>();
  expect(answer).toMatchObject({ state: "scanned", far: true, browser: { country: "DE" } });
  expect(answer.distance_km).toBe(9000);
  expect(await (await phone.confirm(uuid)).json()).toMatchObject({ state: "confirmed" });
});

test("7 far away: another city, network and address nearby are not far", async () => {
  const { phone, uuid } = await wait({}, berlin, hamburg);
  const answer = await (await phone.scan(uuid)).json();
  expect(answer).not.toHaveProperty("far");
  expect(answer).not.toHaveProperty("distance_km");
});

test("7 far away: FAR_FROM_KM says how far is far", async () => {
  const { phone, uuid } = await wait({ FAR_FROM_KM: "100" }, berlin, hamburg);
  expect(await (await phone.scan(uuid)).json()).toMatchObject({ far: true });
});

test("7 far away: `off` compares nothing and tells nothing", async () => {
  const { phone, uuid } = await wait({ PROXIMITY: "off" }, berlin, tokyo);
  expect(await (await phone.scan(uuid)).json()).not.toHaveProperty("far");
});

test("7 far away: `deny` refuses the scan, and the login goes on waiting", async () => {
  const { browser, phone, uuid } = await wait({ PROXIMITY: "deny" }, berlin, tokyo);
  const refused = await phone.scan(uuid);
  expect(refused.status).toBe(403);
  expect(await refused.json()).toMatchObject({ code: "too_far" });
  expect(await browser.view(uuid)).toMatchObject({ version: 1, state: "pending" });
});

test("7 far away: a VPN user has a way through under `step_up`: the code", async () => {
  const stage = await wait({ PROXIMITY: "step_up" }, berlin, tokyo);
  const { browser, uuid } = stage;
  const entered = await (await browser.enter(uuid, await codeOf(stage))).json<BrowserView>();
  expect(entered).toMatchObject({ state: "confirmed" });
  expect((await browser.redeem(uuid, entered)).status).toBe(200);
});

test.each(["step_up", "deny"])(
  "7 far away: unknown places need the code under `%s`",
  async (PROXIMITY) => {
    await codeOf(await wait({ PROXIMITY }, { country: "DE" }, { country: "DE" }));
  },
);

test("7 far away: near devices need no code under `step_up`", async () => {
  const { phone, uuid } = await wait({ PROXIMITY: "step_up" }, berlin, hamburg);
  await phone.scan(uuid);
  expect(await (await phone.confirm(uuid)).json()).toMatchObject({ state: "confirmed" });
});

test("8 initiation verification: VERIFY=always asks near devices too", async () => {
  await codeOf(await wait({ VERIFY: "always" }, berlin, berlin));
});

test("8 initiation verification: no ticket before the code was entered, and the code is the phone's alone", async () => {
  const { uuid, browser, phone, number } = await stageAt("verifying");
  const view = await browser.view(uuid);
  expect(view).toMatchObject({ state: "verifying" });
  expect(view).not.toHaveProperty("ticket");
  expect(number).toMatch(/^\d{3}$/);
  expect(JSON.stringify(view)).not.toContain(number);
  const again = await (await phone.scan(uuid)).json();
  expect(again).toMatchObject({ state: "verifying", verify_code: number });
});

test("8 initiation verification: one wrong entry ends the login on both sides", async () => {
  const { uuid, browser, phone, listener, number } = await stageAt("verifying");
  const wrong = await (await browser.enter(uuid, another(number))).json();
  expect(wrong).toMatchObject({ state: "cancelled", reason: "wrong_code" });
  expect(await (await phone.check(uuid)).json()).toMatchObject({
    state: "cancelled",
    reason: "wrong_code",
  });
  expect((await listener.closed).code).toBe(1000);
  expect((await browser.enter(uuid, number)).status).toBe(410);
});

test("8 initiation verification: only the browser that attached can enter the code", async () => {
  const { uuid, browser, number } = await stageAt("verifying");
  expect((await new Browser().enter(uuid, number)).status).toBe(403);
  const foreign = await browser.post(
    "/login/verify",
    { uuid, code: number },
    { Origin: "https://evil.example" },
  );
  expect(foreign.status).toBe(403);
  expect(await browser.view(uuid)).toMatchObject({ state: "verifying" });
});

test("8 initiation verification: with credentials in one call, the code is still asked for", async () => {
  const { browser, uuid } = await stageAt("pending", { number: true });
  const { username, password } = await newAccount();
  const body = { UUID: uuid, UserName: username, Password: password, Platform: "ios" };
  const answer = await (await new Browser().post("/qrcode/verify", body)).json();
  expect(answer).toMatchObject({
    Result: 0,
    VerifyCode: expect.stringMatching(/^\d{3}$/) as string,
  });
  expect(await browser.view(uuid)).toMatchObject({ state: "verifying" });
});

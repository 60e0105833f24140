/** The state in which the browser must enter the phone's code, under the object's own faults. */
import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { Browser, newPhone } from "../support/worker/parties.ts";
import { at, expectRefusal, later, stored } from "../support/worker/stages.ts";

// For this file's Worker and objects alone, before either has read its configuration.
Object.assign(env, { VERIFY: "always" });

async function verifying() {
  const browser = new Browser();
  const phone = await newPhone();
  const { uuid } = await browser.mint();
  const listener = await browser.listen(uuid);
  await phone.scan(uuid);
  const confirm = await phone.confirm(uuid);
  const { verify_code } = await confirm.json<{ verify_code: string }>();
  await listener.until("verifying");
  const enter = (code: string, by = browser) => by.post("/login/verify", { uuid, code });
  return { uuid, browser, phone, listener, code: verify_code, enter };
}

test("confirming and scanning again answer the same, with the same code", async () => {
  const { uuid, phone, code } = await verifying();
  const before = await stored(uuid);
  expect(await (await phone.confirm(uuid)).json()).toMatchObject({ verify_code: code });
  expect(await (await phone.scan(uuid)).json()).toMatchObject({ verify_code: code });
  await expectRefusal(await (await newPhone()).scan(uuid), "claimed_by_other");
  expect(await stored(uuid)).toEqual(before);
});

test("evicted, the code still holds and the socket still hears", async () => {
  const { uuid, listener, code, enter } = await verifying();
  await evictDurableObject(env.LOGIN.getByName(uuid));
  expect((await enter(code)).status).toBe(200);
  await listener.until("confirmed");
});

test("an early alarm changes nothing; at the deadline it ends the login", async () => {
  const { uuid, listener } = await verifying();
  const stub = env.LOGIN.getByName(uuid);
  const before = await stored(uuid);
  await runDurableObjectAlarm(stub);
  expect(await stored(uuid)).toEqual(before);
  await at((before?.deadline ?? 0) + 120_000, () => runDurableObjectAlarm(stub));
  expect(await listener.until("expired")).toMatchObject({ reason: "timeout" });
});

test("a right code that comes too late is refused", async () => {
  const { code, enter } = await verifying();
  await expectRefusal(await later(121, () => enter(code)), "expired");
});

test("two entries at once: the wrong one ends it or comes second, no third way", async () => {
  const { uuid, code, enter } = await verifying();
  await Promise.all([enter(code), enter(code === "000" ? "001" : "000")]);
  const { state, confirmedAt } = (await stored(uuid)) ?? {};
  // Entering anything once the ticket is out is a repetition, and changes nothing.
  expect([state, confirmedAt === undefined]).toEqual(
    state === "confirmed" ? ["confirmed", false] : ["cancelled", true],
  );
});

test("the user may still say no", async () => {
  const { uuid, phone, listener, code, enter } = await verifying();
  expect((await phone.cancel(uuid)).status).toBe(200);
  expect(await listener.until("cancelled")).toMatchObject({ reason: "denied" });
  await expectRefusal(await enter(code), "cancelled");
});

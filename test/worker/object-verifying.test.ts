/** The state in which the browser must enter the phone's code, under the object's own faults. */
import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { newPhone } from "../support/worker/parties.ts";
import { at, expectRefusal, later, stageAt, stored } from "../support/worker/stages.ts";

test("a second confirm and a second scan answer the same, with the same number", async () => {
  const { uuid, phone, number } = await stageAt("verifying");
  const before = await stored(uuid);
  expect(await (await phone.confirm(uuid)).json()).toMatchObject({ verify_code: number });
  expect(await (await phone.scan(uuid)).json()).toMatchObject({ verify_code: number });
  await expectRefusal(await (await newPhone()).scan(uuid), "claimed_by_other");
  expect(await stored(uuid)).toEqual(before);
});

test("the number of an evicted login still holds, and its socket still hears", async () => {
  const { uuid, browser, listener, number } = await stageAt("verifying");
  await evictDurableObject(env.LOGIN.getByName(uuid));
  expect((await browser.enter(uuid, number)).status).toBe(200);
  await listener.until("confirmed");
});

test("an early alarm changes nothing; at the deadline it ends the login", async () => {
  const { uuid, listener } = await stageAt("verifying");
  const stub = env.LOGIN.getByName(uuid);
  const before = await stored(uuid);
  await runDurableObjectAlarm(stub);
  expect(await stored(uuid)).toEqual(before);
  await at((before?.deadline ?? 0) + 120_000, () => runDurableObjectAlarm(stub));
  expect(await listener.until("expired")).toMatchObject({ reason: "timeout" });
});

test("a right number that comes too late is refused", async () => {
  const { uuid, browser, number } = await stageAt("verifying");
  await expectRefusal(await later(121, () => browser.enter(uuid, number)), "expired");
});

test("of a right and a wrong number entered at once, the wrong one ends the login or comes second", async () => {
  const { uuid, browser, number } = await stageAt("verifying");
  const other = number === "000" ? "001" : "000";
  await Promise.all([browser.enter(uuid, number), browser.enter(uuid, other)]);
  const { state, confirmedAt } = (await stored(uuid)) ?? {};
  // Entering anything once the ticket is out is a repetition, and changes nothing.
  expect([state, confirmedAt === undefined]).toEqual(
    state === "confirmed" ? ["confirmed", false] : ["cancelled", true],
  );
});

test("a user who said yes may still say no while the number is to be entered", async () => {
  const { uuid, browser, phone, listener, number } = await stageAt("verifying");
  expect((await phone.cancel(uuid)).status).toBe(200);
  expect(await listener.until("cancelled")).toMatchObject({ reason: "denied" });
  await expectRefusal(await browser.enter(uuid, number), "cancelled");
});

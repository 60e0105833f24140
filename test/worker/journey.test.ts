import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { Browser, newAccount, phoneOf } from "../support/worker/parties.ts";
import { later, stored } from "../support/worker/stages.ts";

test("one login, from the code to the session", async () => {
  const browser = new Browser();
  const account = await newAccount();
  const phone = await phoneOf(account);
  const { uuid } = await browser.mint();
  const listener = await browser.listen(uuid);
  expect(await listener.until("pending")).toMatchObject({ version: 1, state: "pending" });

  const scanned = await phone.scan(uuid);
  expect(scanned.status).toBe(200);
  expect(await scanned.json()).toMatchObject({ state: "scanned", site: { name: "login.example" } });
  expect(await listener.until("scanned")).toMatchObject({ user: { name: account.name } });

  expect((await phone.confirm(uuid)).status).toBe(200);
  const confirmed = await listener.until("confirmed");
  const redeemed = await browser.redeem(uuid, confirmed);
  expect(redeemed.status).toBe(200);
  expect(await redeemed.json()).toEqual({ return_to: "/" });
  expect((await listener.closed).code).toBe(1000);
  expect(listener.states).toEqual(["pending", "scanned", "confirmed", "redeemed"]);
  expect(await (await phone.check(uuid)).json()).toMatchObject({ state: "redeemed" });
  expect(await (await browser.fetch("/me")).json()).toMatchObject({ user: { sub: account.sub } });

  const stub = env.LOGIN.getByName(uuid);
  expect(await later(271, () => runDurableObjectAlarm(stub))).toBe(true);
  expect(await stored(uuid)).toBeUndefined();
});

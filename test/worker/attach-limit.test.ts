/** How many logins one address may begin in a minute, and that an office behind it notices nothing. */
import { expect, test } from "vitest";
import { Browser, type PartyOptions } from "../support/worker/parties.ts";
import { expectRefusal, withBindings } from "../support/worker/stages.ts";

/** ATTACH_LIMIT in wrangler.toml. */
const ATTACHES_A_MINUTE = 180;

/** The logins whose objects were called. They are not real ones, of which hundreds would take long. */
const woken: string[] = [];
const pending = { asBrowser: async () => ({ version: 1, state: "pending", expires_in: 120 }) };
const via = withBindings({
  LOGIN: {
    getByName(uuid: string) {
      woken.push(uuid);
      return pending;
    },
  },
});

test("12 floods: one address begins so many logins a minute and no more; what began goes on", async () => {
  const office = { via, headers: { "CF-Connecting-IP": new Browser().address } };
  const first = await newcomer(office);
  expect((await first.browser.check(first.uuid)).status).toBe(200);

  const { browser, uuid, refused } = await floodFrom(office);
  expect(Number(refused.headers.get("Retry-After"))).toBeGreaterThan(0);
  await expectRefusal(refused, "rate_limited");
  await expectRefusal(await browser.openSocket(uuid), "rate_limited");
  expect(woken).not.toContain(uuid);

  expect((await first.browser.check(first.uuid)).status).toBe(200);
  const elsewhere = await newcomer({ via });
  expect((await elsewhere.browser.check(elsewhere.uuid)).status).toBe(200);
});

test("12 floods: polls and further sockets of a login that was let in are not counted", async () => {
  const counted: string[] = [];
  const limit = async ({ key }: { key: string }) => {
    counted.push(key);
    return { success: true };
  };
  const counting = withBindings({ ATTACH_LIMIT: { limit } });
  const address = "203.0.113.7";
  for (let person = 0; person < 3; person++) {
    const { browser, uuid } = await newcomer({
      via: counting,
      headers: { "CF-Connecting-IP": address },
    });
    for (let look = 0; look < 5; look++) await browser.check(uuid);
    await browser.listen(uuid);
  }
  expect(counted).toEqual([address, address, address]);
});

test("12 floods: a login that was refused is counted again when it is tried again", async () => {
  const answers = [false, false, true];
  const limit = async () => ({ success: answers.shift() ?? false });
  const { browser, uuid } = await newcomer({ via: withBindings({ ATTACH_LIMIT: { limit } }) });
  const statuses = [];
  for (let look = 0; look < 4; look++) statuses.push((await browser.check(uuid)).status);
  expect(statuses).toEqual([429, 429, 200, 200]);
});

/** A browser with a code that it does not listen for yet; minted at an address of its own. */
async function newcomer(options: PartyOptions = {}): Promise<{ browser: Browser; uuid: string }> {
  const elsewhere = new Browser();
  const { uuid } = await elsewhere.mint();
  const browser = new Browser(options);
  for (const [name, value] of elsewhere.cookies) browser.cookies.set(name, value);
  return { browser, uuid };
}

/** Begins login after login until one is refused. A minute may turn on the way. */
async function floodFrom(office: PartyOptions) {
  for (let i = 0; i < 2 * ATTACHES_A_MINUTE + 1; i++) {
    const { browser, uuid } = await newcomer(office);
    const refused = await browser.check(uuid);
    if (refused.status !== 200) return { browser, uuid, refused };
  }
  throw new Error("was never refused");
}

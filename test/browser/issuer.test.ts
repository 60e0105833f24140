/** `IDENTITY=jwks`: an app with the token of a real issuer on loopback. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, test, vi } from "vitest";
import { strings } from "../../src/pages/language.ts";
import { axeFindings } from "../support/axe.ts";
import { App, granted, HttpBrowser } from "../support/http-login.ts";
import { Issuer, type Fault } from "../support/issuer.ts";
import { greets, openLogin, readCode, says, uuidIn } from "../support/people.ts";
import { useStage } from "../support/stage.ts";

const { en } = strings;
const ada = { sub: "user-1", name: "Ada Lovelace" };
const faults: Fault[] = ["down", "500", "not_json", "huge", "slow"];
const HOUR_S = 3600;

let issuer: Issuer;
const stage = useStage(async () => {
  issuer = await Issuer.start();
  return issuer.vars;
});
afterAll(() => issuer.stop());

// First of all, as a key set that was fetched once is kept.
test.each(faults)(
  "an issuer that is %s: 503 and when to come back, never a pass",
  async (fault) => {
    issuer.fault = fault;
    const { uuid } = await waiting();
    const token = await issuer.token(ada);
    const before = issuer.requests;
    // After the fault before this one it may be left alone for a moment.
    do {
      const { status, code, headers } = await scanWith(token, uuid);
      expect([status, code]).toEqual([503, "unavailable"]);
      expect(Number(headers.get("Retry-After"))).toBeGreaterThan(0);
      await sleep(500);
    } while (issuer.requests === before);
    issuer.fault = undefined;
  },
);

test("the app of a signed-in user signs the browser in, and learns of it", async () => {
  const desktop = await stage.desktop();
  await openLogin(desktop);
  const uuid = uuidIn(await readCode(desktop));
  const app = new App(stage.origin, await issuer.token(ada));
  await vi.waitFor(async () => expect(await app.check(uuid)).not.toMatchObject({ passing: true }), {
    timeout: 20_000,
    interval: 500,
  });
  expect(await granted(app.scan(uuid))).toMatchObject({
    state: "scanned",
    confirm_url: `${stage.origin}/qrcode/confirm?uuid=${uuid}`,
    cancel_url: `${stage.origin}/qrcode/cancel?uuid=${uuid}`,
    browser: { name: "Chrome", os: "macOS" },
  });
  await says(desktop, en.login.states.scanned, { name: "Ada Lovelace" });
  expect((await granted(app.confirm(uuid))).state).toBe("confirmed");
  await greets(desktop, "Ada Lovelace");
  await expect.poll(async () => (await granted(app.check(uuid))).state).toBe("redeemed");
});

test("a plain camera is told to use the app, whatever account it may remember", async () => {
  const phone = await stage.phone();
  const { uuid } = await waiting();
  await phone.goto(`/qrcode/scan?uuid=${uuid}`);
  await says(phone, en.notice.use_app, { app: new URL(stage.origin).host });
  expect(await axeFindings(phone)).toEqual([]);
});

test("a token that is forged, late, or meant for somebody else is refused", async () => {
  const { uuid, browser } = await waiting();
  const now = Math.floor(Date.now() / 1000);
  const stranger = await Issuer.start();
  const bad = {
    "another audience": await issuer.token({ ...ada, aud: "https://other.example" }),
    "another issuer": await issuer.token({ ...ada, iss: "https://other.example" }),
    "another issuer's key": await stranger.token({ ...ada, iss: issuer.url }),
    "no signature": issuer.unsigned(ada),
    "the public key as a secret": await issuer.signedWithPublicKey(ada),
    expired: await issuer.token({ ...ada, iat: now - 2 * HOUR_S, exp: now - HOUR_S }),
    "not yet valid": await issuer.token({ ...ada, nbf: now + HOUR_S }),
    "no user": await issuer.token({ name: "Ada Lovelace" }),
    "no JWT": "abc",
  };
  await stranger.stop();
  const answers = await Promise.all(
    Object.entries(bad).map(async ([name, token]) => {
      const { status, code } = await scanWith(token, uuid);
      return [name, status, code];
    }),
  );
  expect(answers).toEqual(Object.keys(bad).map((name) => [name, 401, "unauthenticated"]));
  expect((await granted(browser.check(uuid))).state).toBe("pending");
});

test("a new key of the issuer is followed, an unknown one asked for only now and then", async () => {
  const { uuid } = await waiting();
  const before = issuer.requests;
  await issuer.rotate();
  const token = await issuer.token(ada);
  const statuses = new Set<number>();
  await expect
    .poll(
      async () => {
        const { status } = await scanWith(token, uuid);
        statuses.add(status);
        return status;
      },
      { timeout: 50_000, interval: 250 },
    )
    .toBe(200);
  expect([...statuses].filter((status) => status !== 200 && status !== 401)).toEqual([]);
  expect(issuer.requests - before).toBeLessThanOrEqual(2);
});

/** The bare answer to a scan. */
async function scanWith(token: string, uuid: string) {
  const headers = { Authorization: `Bearer ${token}` };
  const url = `${stage.origin}/qrcode/scan?uuid=${uuid}`;
  const response = await fetch(url, { method: "POST", headers });
  const { code } = await response.json<{ code?: string }>();
  return { status: response.status, code, headers: response.headers };
}

/** A browser without a page, attached. */
async function waiting() {
  const browser = new HttpBrowser(stage.origin);
  const { uuid } = await browser.mint();
  expect((await granted(browser.check(uuid))).state).toBe("pending");
  return { browser, uuid };
}

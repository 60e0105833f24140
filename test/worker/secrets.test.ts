/** The one secret: rolled, dropped, unusable. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { issueToken } from "../../src/identity/tokens.ts";
import { deriveKeys } from "../../src/core/keys.ts";
import { mintUuid } from "../../src/login/uuid.ts";
import { Browser, newAccount, phoneOf, Phone } from "../support/worker/parties.ts";
import { expectRefusal, stageAt, withBindings } from "../support/worker/stages.ts";

const NEXT = "Yq4-the-one-after-it-8sVnE2mKd0RbXw7LtCzU";

/** The same party, where the Worker has other secrets. */
function underSecrets(browser: Browser, secrets: Record<string, string>): Browser {
  const other = new Browser({ via: withBindings(secrets) });
  for (const [name, value] of browser.cookies) other.cookies.set(name, value);
  return other;
}

test("20 a session's end: a rolled secret keeps sessions, browser keys, uuids and account tokens", async () => {
  const rolled = { SECRET: NEXT, SECRET_PREVIOUS: env.SECRET };
  const { browser } = await stageAt("redeemed");
  expect((await underSecrets(browser, rolled).fetch("/me")).status).toBe(200);

  const { uuid, browser: waiting, phone } = await stageAt("pending");
  expect((await underSecrets(waiting, rolled).check(uuid)).status).toBe(200);
  const samePhone = new Phone(phone.token, { via: withBindings(rolled) });
  expect((await samePhone.scan(uuid)).status).toBe(200);
});

test("a rolled secret keeps the ticket that was issued before", async () => {
  const { uuid, browser, listener } = await stageAt("confirmed");
  const rolled = underSecrets(browser, { SECRET: NEXT, SECRET_PREVIOUS: env.SECRET });
  expect((await rolled.redeem(uuid, await listener.until("confirmed"))).status).toBe(200);
});

test("a token signed after the secret was rolled verifies with the new secret alone", async () => {
  const rolled = new Browser({ via: withBindings({ SECRET: NEXT, SECRET_PREVIOUS: env.SECRET }) });
  const { uuid } = await rolled.mint();
  await expectRefusal(await new Browser().check(uuid), "unknown_uuid");
  const newOnly = underSecrets(rolled, { SECRET: NEXT });
  expect((await newOnly.check(uuid)).status).toBe(200);
});

test("20 a session's end: a dropped secret ends sessions, tokens and every login under it", async () => {
  const dropped = { SECRET: NEXT };
  const { browser } = await stageAt("redeemed");
  await expectRefusal(await underSecrets(browser, dropped).fetch("/me"), "unauthenticated");

  const { uuid, browser: waiting } = await stageAt("pending");
  await expectRefusal(await underSecrets(waiting, dropped).check(uuid), "unknown_uuid");

  const phone = await phoneOf(await newAccount());
  const { uuid: fresh } = await new Browser({ via: withBindings(dropped) }).mint();
  const samePhone = new Phone(phone.token, { via: withBindings(dropped) });
  await expectRefusal(await samePhone.scan(fresh), "unauthenticated");
});

test.for([
  [{ SECRET: undefined }, "SECRET is missing."],
  [{ SECRET: "" }, "SECRET is missing."],
  [{ SECRET: "kR8-only-31-characters-long-xQ2" }, "SECRET is too short."],
  [
    { SECRET: "please-change-this-placeholder-0123456789" },
    "SECRET is a placeholder, not a secret.",
  ],
  [{ SECRET: "abababababababababababababababababab" }, "SECRET is a placeholder, not a secret."],
  [{ SECRET_PREVIOUS: "short" }, "SECRET_PREVIOUS is too short."],
] as const)(
  "17 weak secrets: with %o nothing runs, and the answer says what to do",
  async ([secrets, sentence]) => {
    const stopped = new Browser({ via: withBindings(secrets) });
    for (const path of ["/", "/qrcode/get", "/me", "/qrcode/scan?uuid=1", "/nothing"]) {
      const response = await stopped.fetch(path);
      expect(response.headers.getSetCookie()).toEqual([]);
      const detail = await expectRefusal(response, "unavailable");
      expect(detail?.startsWith(sentence)).toBe(true);
      expect(detail).toContain("openssl rand -base64 32");
      expect(detail).toContain("npx wrangler secret put SECRET");
    }
  },
);

test("17 weak secrets: an empty SECRET_PREVIOUS is none: what an empty secret signs is refused", async () => {
  const forged = deriveKeys("");
  const browser = new Browser({ via: withBindings({ SECRET_PREVIOUS: "" }) });
  const user = { sub: "sub-mallory", name: "Mallory" };
  browser.cookies.set("__Host-session", await issueToken(forged.session, user, 60, Date.now()));
  await expectRefusal(await browser.fetch("/me"), "unauthenticated");
  await expectRefusal(await browser.check(mintUuid(forged.uuid, Date.now())), "unknown_uuid");
});

test("the sentence never repeats the secret itself", async () => {
  const SECRET = "placeholder-but-somebody-uses-it-in-earnest-8Kq";
  const response = await new Browser({ via: withBindings({ SECRET }) }).fetch("/");
  expect(response.status).toBe(503);
  expect(await response.text()).not.toContain(SECRET);
});

test.for([
  [{ SCAN_WITHIN_S: "soon" }, "SCAN_WITHIN_S is not usable"],
  [{ SCAN_WITHIN_S: "0" }, "SCAN_WITHIN_S is not usable"],
  [{ PROXIMITY: "sometimes" }, "PROXIMITY is not usable"],
  [{ IDENTITY: "anybody" }, "IDENTITY is not usable"],
  [{ DB: undefined }, "no D1 database is bound as DB"],
  [{ IDENTITY: "jwks", JWKS_URL: "https://issuer.example/keys" }, "JWKS_ISSUER"],
] as const)("the unusable setting %o is named", async ([setting, sentence]) => {
  const response = await new Browser({ via: withBindings(setting) }).fetch("/");
  expect(await expectRefusal(response, "unavailable")).toContain(sentence);
});

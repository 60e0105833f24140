/** The authorization code: one more end of a login, by the rules of RFC 6749 and RFC 7636. */
import { describe, expect, test } from "vitest";
import {
  step,
  type Asked,
  type Event,
  type EventOf,
  type Login,
} from "../../../src/login/machine.ts";
import { ada, at, CONFIRMED_AT, frozen, logins, rules } from "../../support/login/fixtures.ts";

const acme = { id: "acme", name: "Acme", host: "acme.example" };
const asked: Asked = {
  site: "acme",
  redirectUri: "https://acme.example/in",
  scope: "openid",
  challenge: "challenge-1",
};
const REDEEMED_AT = CONFIRMED_AT + 1000;
const UNTIL = REDEEMED_AT + rules.codeWithinMs;

const confirmed: Login = frozen({ ...logins.confirmed, site: acme });
const redeeming: EventOf<"redeem"> = {
  kind: "redeem",
  owner: confirmed.owner,
  sub: ada.sub,
  confirmedAt: CONFIRMED_AT,
  asked,
};
const redeemed = after(confirmed, redeeming, REDEEMED_AT);
const right: EventOf<"exchange"> = {
  kind: "exchange",
  site: "acme",
  confirmedAt: CONFIRMED_AT,
  redirectUri: asked.redirectUri,
  challenge: "challenge-1",
  attempt: "attempt-1",
};
/** The same from another call of the site. */
const again = { ...right, attempt: "attempt-2" };

function after(login: Login, event: Event, now: number): Login {
  const next = step(login, event, at(now));
  if (next.login === undefined || next.refusal) throw new Error(next.refusal?.refused);
  return frozen(next.login);
}

function outcome(login: Login, event: Event, now = REDEEMED_AT + 1) {
  const { login: next, refusal, happened } = step(login, event, at(now));
  return [refusal?.refused, refusal?.reason, happened, next?.code?.isSpent];
}

test("redeeming for a site keeps what was asked, and the login as long as its code", () => {
  expect(redeemed).toMatchObject({ state: "redeemed", code: { ...asked, until: UNTIL } });
  expect(redeemed.deadline).toBe(Math.max(confirmed.deadline, UNTIL));
});

test("a login for this deployment itself keeps no code, and lives no longer", () => {
  const { asked: _, ...plain } = redeeming;
  const ours = after(frozen<Login>(logins.confirmed), plain, REDEEMED_AT);
  expect([ours.code, ours.deadline]).toEqual([undefined, logins.confirmed.deadline]);
});

describe("31 mixed-up audience: a yes for one grants nothing at another", () => {
  const { asked: _, ...forUs } = redeeming;
  test.each([
    ["a site's login redeemed for a session", confirmed, forUs],
    ["our login redeemed for a code", frozen<Login>(logins.confirmed), redeeming],
    [
      "a site's login redeemed for another site",
      confirmed,
      { ...redeeming, asked: { ...asked, site: "other" } },
    ],
  ] as const)("%s", (_name, login, event) => {
    const next = step(login, event, at(REDEEMED_AT));
    expect(next).toEqual({
      login,
      refusal: { refused: "bad_ticket", reason: "other_audience" },
    });
    expect(next.login).toBe(login);
  });
});

test("the code is exchanged once; a second time is already_used, and says so for ever", () => {
  expect(outcome(redeemed, right)).toEqual([undefined, undefined, "code_exchanged", true]);
  const spent = after(redeemed, right, REDEEMED_AT + 1);
  expect(outcome(spent, again)).toEqual(["already_used", "code_reused", undefined, true]);
  expect(outcome(spent, again, UNTIL + 1)[0]).toBe("already_used");
});

test("a lost answer: the very same attempt is answered again as before, and changes nothing", () => {
  const spent = after(redeemed, right, REDEEMED_AT + 1);
  expect(step(spent, right, at(REDEEMED_AT + 2))).toEqual({ login: spent });
  const wrong = { ...right, challenge: "challenge-2" };
  const refused = frozen(step(redeemed, wrong, at(REDEEMED_AT + 1)).login as Login);
  expect(outcome(refused, wrong)).toEqual(["bad_grant", "verifier_wrong", undefined, true]);
});

test("a code that a version before spent, without naming the attempt, is spent for everybody", () => {
  const { code } = redeemed;
  const old = frozen<Login>({
    ...redeemed,
    code: { ...asked, until: code?.until ?? 0, isSpent: true },
  });
  expect(outcome(old, right)[0]).toBe("already_used");
});

describe("refused, and the code is as it was", () => {
  test.each([
    ["by another client", { ...right, site: "other" }, "code_of_other_client", REDEEMED_AT],
    ["of another time of confirming", { ...right, confirmedAt: 1 }, "code_unknown", REDEEMED_AT],
    ["at its end", right, "code_too_late", UNTIL],
  ] as const)("%s", (_name, event, reason, now) => {
    expect(outcome(redeemed, event, now)).toEqual(["bad_grant", reason, undefined, undefined]);
  });
  test("one millisecond before its end it is good", () => {
    expect(outcome(redeemed, right, UNTIL - 1)[0]).toBeUndefined();
  });
});

describe("refused, and the code is spent", () => {
  const { challenge: _, ...without } = right;
  test.each([
    ["another verifier", { ...right, challenge: "challenge-2" }, "verifier_wrong"],
    ["no verifier", without, "verifier_wrong"],
    [
      "another redirect_uri",
      { ...right, redirectUri: "https://acme.example/" },
      "redirect_uri_differs",
    ],
  ] as const)("%s", (_name, event, reason) => {
    expect(outcome(redeemed, event)).toEqual(["bad_grant", reason, "code_refused", true]);
    const spent = step(redeemed, event, at(REDEEMED_AT + 1)).login as Login;
    expect(outcome(frozen(spent), again)[0]).toBe("already_used");
  });
  test("a verifier where no challenge was sent: it may be a downgrade", () => {
    const { challenge: __, ...plain } = asked;
    const login = after(confirmed, { ...redeeming, asked: plain }, REDEEMED_AT);
    expect(outcome(login, right)).toEqual(["bad_grant", "verifier_wrong", "code_refused", true]);
    expect(outcome(login, without)[0]).toBeUndefined();
  });
});

test("of one code 20 exchanges give one success, whatever their order", () => {
  let login = redeemed;
  const results = Array.from({ length: 20 }, (_, i) => {
    const next = step(login, { ...right, attempt: `attempt-${i}` }, at(REDEEMED_AT + 1));
    login = next.login ?? login;
    return next.refusal?.refused;
  });
  expect(results).toEqual([undefined, ...Array<string>(19).fill("already_used")]);
});

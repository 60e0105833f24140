/** Single sign-on at the machine: what a session may answer, and what it may never. */
import { describe, expect, test } from "vitest";
import { step, type EventOf, type Login } from "../../../src/login/machine.ts";
import { ada, at, frozen, logins, MINTED_AT, rules } from "../../support/login/fixtures.ts";

const acme = { id: "acme", name: "Acme", host: "acme.example" };
const pending: Login = frozen({ ...logins.pending, site: acme });
const NOW = MINTED_AT + 1000;
const vouching: EventOf<"vouch"> = {
  kind: "vouch",
  owner: pending.owner,
  user: ada,
  session: { authTime: 1_700_000_000, sid: "sid-1" },
  asked: { site: "acme", redirectUri: "https://acme.example/in", scope: "openid" },
};

const vouched = step(pending, vouching, at(NOW));

test("a session answers a site: from pending to redeemed, with a code and without a ticket", () => {
  const until = NOW + rules.codeWithinMs;
  expect(vouched).toEqual({
    login: {
      ...pending,
      version: pending.version + 1,
      state: "redeemed",
      user: ada,
      session: vouching.session,
      confirmedAt: NOW,
      code: { ...vouching.asked, until },
      deadline: Math.max(pending.deadline, until),
    },
    happened: "vouched",
  });
});

test("a lost answer: asked again by the same owner it is as it was, with the same time", () => {
  const login = frozen(vouched.login as Login);
  expect(step(login, vouching, at(NOW + 5))).toEqual({ login });
});

test("its code is exchanged once, like any other", () => {
  const exchange = {
    kind: "exchange",
    site: "acme",
    confirmedAt: NOW,
    redirectUri: "https://acme.example/in",
  } as const;
  const first = step(vouched.login, { ...exchange, attempt: "1" }, at(NOW + 5));
  expect(first.happened).toBe("code_exchanged");
  const second = step(first.login, { ...exchange, attempt: "2" }, at(NOW + 6));
  expect(second.refusal?.refused).toBe("already_used");
});

describe("refused, and the login is as it was", () => {
  test.each<[string, Login, Partial<EventOf<"vouch">>, string]>([
    ["another browser's login", pending, { owner: "owner-9" }, "not_your_browser"],
    ["a login for this deployment itself", frozen<Login>(logins.pending), {}, "bad_ticket"],
    [
      "31 a login for another site",
      pending,
      { asked: { ...vouching.asked, site: "other" } },
      "bad_ticket",
    ],
    ["one that a phone has scanned", { ...logins.scanned, site: acme }, {}, "already_used"],
    ["one that a phone has confirmed", { ...logins.confirmed, site: acme }, {}, "already_used"],
    ["one that was redeemed by a ticket", { ...logins.redeemed, site: acme }, {}, "already_used"],
    ["one that was cancelled", { ...logins.cancelled, site: acme }, {}, "cancelled"],
  ])("%s", (_, login, more, refused) => {
    const next = step(frozen(login), { ...vouching, ...more }, at(NOW));
    expect(next.refusal?.refused).toBe(refused);
    expect(next.login).toEqual(login);
  });
});

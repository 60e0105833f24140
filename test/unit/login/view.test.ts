import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Login } from "../../../src/login/machine.ts";
import type { Nearness } from "../../../src/login/proximity.ts";
import { paths } from "../../../src/core/paths.ts";
import { browserView, phoneView } from "../../../src/login/view.ts";
import {
  CLAIMED_UNTIL,
  CONFIRMED_AT,
  lin,
  logins,
  MINTED_AT,
  SCAN_UNTIL,
} from "../../support/login/fixtures.ts";
import { lives } from "../../support/login/lives.ts";

const NOW = MINTED_AT + 100_000;
const ticketOf = ({ uuid, user, confirmedAt }: Login) =>
  `ticket:${uuid}:${user?.name}:${confirmedAt}`;
const adaShown = { name: "Ada", avatar: "/avatars/ada.svg" };
const browserShown = {
  name: "Firefox",
  os: "Linux",
  ip: "203.0.0.0/16",
  country: "FR",
  since_s: 100,
};

function seen(nearness: Nearness) {
  const { far, distance_km } = phoneView({ ...logins.scanned, nearness }, NOW);
  return [far, distance_km];
}

function ageAt(now: number): number {
  return phoneView(logins.pending, now).browser.since_s;
}

describe("the browser's view, to the field", () => {
  const table: Record<keyof typeof logins, object> = {
    pending: { version: 1, state: "pending", expires_in: 20 },
    scanned: { version: 2, state: "scanned", expires_in: 70, user: adaShown },
    "scanned*": { version: 2, state: "scanned", expires_in: 70, user: adaShown },
    verifying: { version: 3, state: "verifying", expires_in: 70, user: adaShown },
    confirmed: {
      version: 3,
      state: "confirmed",
      expires_in: 70,
      user: adaShown,
      ticket: ticketOf(logins.confirmed),
      time: CONFIRMED_AT,
      login_url: "/login/qrcode",
    },
    "confirmed*": {
      version: 4,
      state: "confirmed",
      expires_in: 70,
      user: adaShown,
      ticket: ticketOf(logins["confirmed*"]),
      time: CONFIRMED_AT,
      login_url: paths.redeem,
    },
    redeemed: { version: 4, state: "redeemed", expires_in: 0, user: adaShown },
    cancelled: { version: 3, state: "cancelled", expires_in: 0, user: adaShown, reason: "denied" },
    expired: { version: 2, state: "expired", expires_in: 0, reason: "timeout" },
    "expired*": { version: 3, state: "expired", expires_in: 0, user: adaShown, reason: "timeout" },
  };

  test.each(Object.entries(table))("%s", (state, view) => {
    expect(browserView(logins[state as keyof typeof logins], NOW, ticketOf)).toStrictEqual(view);
  });

  test("a login for a site is redeemed at the address for sites", () => {
    const login = { ...logins.confirmed, site: { id: "acme", name: "Acme", host: "" } };
    expect(browserView(login, NOW, ticketOf).login_url).toBe(paths.redeemForSite);
    expect(phoneView(login, NOW).site).toStrictEqual({ name: "Acme", host: "" });
  });

  test("a user without an avatar has no such field", () => {
    const login = { ...logins.scanned, user: lin };
    expect(browserView(login, NOW, ticketOf).user).toStrictEqual({ name: "林小雨" });
  });
});

describe("the phone's view, to the field", () => {
  const shown = { expires_in: 70, browser: browserShown };
  const table: Record<keyof typeof logins, object> = {
    pending: { version: 1, state: "pending", ...shown, expires_in: 20 },
    scanned: { version: 2, state: "scanned", ...shown },
    "scanned*": { version: 2, state: "scanned", ...shown },
    verifying: { version: 3, state: "verifying", ...shown, verify_code: "314" },
    confirmed: { version: 3, state: "confirmed", ...shown },
    "confirmed*": { version: 4, state: "confirmed", ...shown },
    redeemed: { version: 4, state: "redeemed", ...shown, expires_in: 0 },
    cancelled: { version: 3, state: "cancelled", ...shown, expires_in: 0, reason: "denied" },
    expired: { version: 2, state: "expired", ...shown, expires_in: 0, reason: "timeout" },
    "expired*": { version: 3, state: "expired", ...shown, expires_in: 0, reason: "timeout" },
  };

  test.each(Object.entries(table))("%s", (state, view) => {
    expect(phoneView(logins[state as keyof typeof logins], NOW)).toStrictEqual(view);
  });

  test("the place is shown coarsely, the city only to a phone in it, coordinates and operator never", () => {
    const place = { city: "Lyon", region: "ARA", country: "FR", latitude: 45.7, longitude: 4.8 };
    const login = { ...logins.scanned, browser: { name: "", os: "", ...place, asn: 64_500 } };
    const coarse = { name: "", os: "", region: "ARA", country: "FR", since_s: 100 };
    expect(phoneView(login, NOW).browser).toStrictEqual(coarse);
    const neighbour = { ...login, nearness: { verdict: "near", sameCity: true } as const };
    expect(phoneView(neighbour, NOW).browser).toStrictEqual({ ...coarse, city: "Lyon" });
  });

  test("distance is told only when it is far, in steps too coarse to find anybody by", () => {
    const steps = [1, 74, 75, 499, 500, 749, 750, 8999.6].map((km) => seen({ verdict: "far", km }));
    expect(steps.map(([far, km]) => far && km)).toEqual([50, 50, 100, 500, 500, 500, 1000, 9000]);
    expect(seen({ verdict: "far" })).toEqual([true, undefined]);
    expect(seen({ verdict: "near", km: 12 })).toEqual([undefined, undefined]);
    expect(seen({ verdict: "unknown" })).toEqual([undefined, undefined]);
  });

  test("whether both are on one network is told where it is known", () => {
    for (const sameNetwork of [true, false]) {
      const login = { ...logins.scanned, nearness: { verdict: "near", sameNetwork } as const };
      expect(phoneView(login, NOW).same_network).toBe(sameNetwork);
    }
    expect(phoneView(logins.scanned, NOW)).not.toHaveProperty("same_network");
  });

  test("age counts whole seconds and is never negative", () => {
    expect(ageAt(MINTED_AT + 999)).toBe(0);
    expect(ageAt(MINTED_AT + 1000)).toBe(1);
    expect(ageAt(MINTED_AT - 5000)).toBe(0);
  });
});

test("time left is rounded up to seconds, so that zero means the deadline has come", () => {
  for (const [left, shown] of [
    [30_001, 31],
    [30_000, 30],
    [29_999, 30],
    [1, 1],
    [0, 0],
    [-1, 0],
    [-99_999, 0],
  ] as const) {
    expect(phoneView(logins.scanned, CLAIMED_UNTIL - left).expires_in).toBe(shown);
    expect(browserView(logins.pending, SCAN_UNTIL - left, ticketOf).expires_in).toBe(shown);
  }
});

test("in no life does a view tell more than its side may know", () => {
  fc.assert(
    fc.property(lives(), ({ turns }) => {
      for (const { after, now } of turns) {
        if (!after) continue;
        const toBrowser = JSON.stringify(browserView(after, now, () => "the-ticket"));
        const toPhone = JSON.stringify(phoneView(after, now));
        expect(toBrowser.includes("the-ticket")).toBe(after.state === "confirmed");
        expect(toBrowser).not.toMatch(/sub-of|owner-digest|number-/);
        expect(toPhone).not.toMatch(/the-ticket|sub-of|owner-digest/);
        expect(toPhone).not.toContain(after.browser.ip);
        expect(toPhone.includes("number-")).toBe(after.state === "verifying");
      }
    }),
    { numRuns: 1000 },
  );
});

test("a ticket is asked for only in the state that has one", () => {
  for (const login of Object.values<Login>(logins)) {
    let asked = 0;
    browserView(login, NOW, () => `${++asked}`);
    expect(asked, login.state).toBe(login.state === "confirmed" ? 1 : 0);
  }
});

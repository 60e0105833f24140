/** The contract's table, written out: a code, its status, its number for apps that send credentials. */
import { expect, test } from "vitest";
import { isRefusal, refusalCodes, refuse } from "../../../src/core/refusal.ts";
import { wireOf } from "../../support/wire.ts";

const contract: Record<(typeof refusalCodes)[number], readonly [status: number, result: number]> = {
  bad_request: [400, -1],
  missing_field: [400, -2],
  not_watched: [409, -3],
  unknown_uuid: [404, -4],
  expired: [410, -5],
  already_used: [409, -6],
  account_disabled: [403, -7],
  account_deleted: [403, -8],
  bad_credentials: [401, -9],
  unauthenticated: [401, -9],
  not_your_browser: [403, -1],
  claimed_by_other: [409, -6],
  not_scanned: [409, -1],
  cancelled: [410, -5],
  bad_ticket: [403, -1],
  bad_grant: [400, -1],
  bad_client: [401, -1],
  not_granted: [403, -1],
  rate_limited: [429, -11],
  too_far: [403, -12],
  foreign_origin: [403, -1],
  not_found: [404, -1],
  method_not_allowed: [405, -1],
  too_large: [413, -1],
  upgrade_required: [426, -1],
  internal: [500, -1],
  unavailable: [503, -13],
};

test("every code has the contract's status and number, and no code is missing on either side", () => {
  expect(Object.fromEntries(refusalCodes.map((code) => [code, wireOf(code)]))).toEqual(
    Object.fromEntries(
      Object.entries(contract).map(([code, [status, result]]) => [
        code,
        { status, result, title: expect.stringMatching(/^[A-Z].+\.$/) },
      ]),
    ),
  );
});

test("no refusal answers 0, which means it worked, nor -10, which would let strangers list accounts", () => {
  const results = refusalCodes.map((code) => wireOf(code).result);
  expect(results).not.toContain(0);
  expect(results).not.toContain(-10);
});

test("a refusal is told from whatever else a call answers with", () => {
  expect(refuse("expired", { retryAfterS: 2 })).toEqual({ refused: "expired", retryAfterS: 2 });
  expect(isRefusal(refuse("expired"))).toBe(true);
  for (const other of [undefined, null, "refused", 7, {}, { state: "expired" }]) {
    expect(isRefusal(other)).toBe(false);
  }
});

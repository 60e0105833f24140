import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { deriveKeys } from "../../../src/core/keys.ts";
import { isRefusal } from "../../../src/core/refusal.ts";
import { mintTimeOf, mintUuid, verifyUuid } from "../../../src/login/uuid.ts";
import { altered, extended, truncated } from "../../support/spellings.ts";
import { MINTED_AT } from "../../support/login/fixtures.ts";

const secret = "unit-3Vb8Qz1LmXw6TnK0rYpJ5sHdG9cEaU2f";
const other = "unit-W7yR4oPq0SxZ2kMvB6nJ8tLhC1gDfA5e";
const keys = deriveKeys(secret);
const MAX_AGE_S = 270;

function verdict(uuid: string, now = MINTED_AT, ring = keys.uuid): string {
  const found = verifyUuid(ring, uuid, now, MAX_AGE_S);
  return isRefusal(found) ? found.refused : "ok";
}

describe("minting", () => {
  test("10,000 in the same instant are distinct, of version 8 and variant 10, and verify", () => {
    const minted = Array.from({ length: 10_000 }, () => mintUuid(keys.uuid, MINTED_AT));
    expect(new Set(minted).size).toBe(10_000);
    const rfc9562 = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
    expect(minted.filter((uuid) => !rfc9562.test(uuid))).toEqual([]);
    expect(minted.filter((uuid) => verdict(uuid) !== "ok")).toEqual([]);
  });

  test("50 bits are random, each as often set as not; version and variant bits are none of them", () => {
    const minted = Array.from({ length: 4000 }, () => mintUuid(keys.uuid, MINTED_AT));
    const bits = minted.map((uuid) =>
      BigInt(`0x${uuid.replaceAll("-", "")}`)
        .toString(2)
        .padStart(128, "0"),
    );
    const shares = Array.from(
      { length: 88 },
      (_, bit) => bits.filter((text) => text[bit] === "1").length / bits.length,
    );
    const random = shares.flatMap((share, bit) => (share > 0.4 && share < 0.6 ? [bit] : []));
    const fixed = shares.flatMap((share, bit) => (share === 0 || share === 1 ? [bit] : []));
    expect(random).toHaveLength(50);
    expect(fixed).toEqual([...Array(32).keys(), 48, 49, 50, 51, 64, 65]);
  });

  test("begins with the second of minting, which it gives back", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 * 1000 - 1 }), (now) => {
        const uuid = mintUuid(keys.uuid, now);
        const second = Math.floor(now / 1000);
        expect(Number.parseInt(uuid.slice(0, 8), 16)).toBe(second);
        expect(mintTimeOf(uuid)).toBe(second * 1000);
        expect(verifyUuid(keys.uuid, uuid, now, MAX_AGE_S)).toEqual({ mintedAt: second * 1000 });
      }),
    );
  });
});

describe("an invented uuid is unknown", () => {
  const uuid = mintUuid(keys.uuid, MINTED_AT);

  test.each([
    ["one character altered", altered(uuid, "0123456789abcdefABCDEFg-")],
    ["truncated", truncated(uuid)],
    ["extended", extended(uuid)],
    [
      "another spelling",
      [uuid.toUpperCase(), uuid.replaceAll("-", ""), `{${uuid}}`, `urn:uuid:${uuid}`],
    ],
    ["nothing like one", ["", "null", "undefined", "0".repeat(36), "-".repeat(36)]],
  ])("%s", (_, wrong) => {
    for (const text of wrong) expect(verdict(text), text).toBe("unknown_uuid");
  });

  test("halves of two minted ones", () => {
    const second = mintUuid(keys.uuid, MINTED_AT);
    expect(verdict(uuid.slice(0, 26) + second.slice(26))).toBe("unknown_uuid");
  });

  test("10,000 of the right shape and time", () => {
    const fake = fc.string({
      unit: fc.constantFrom(...Array.from("0123456789abcdef")),
      minLength: 22,
      maxLength: 22,
    });
    fc.assert(
      fc.property(fake, (hex) => {
        const tail = `${hex.slice(0, 4)}-8${hex.slice(4, 7)}-9${hex.slice(7, 10)}-${hex.slice(10)}`;
        expect(verdict(`${uuid.slice(0, 9)}${tail}`)).toBe("unknown_uuid");
      }),
      { numRuns: 10_000 },
    );
  });

  test("signed with the key of any other purpose", () => {
    const { uuid: _, ...others } = keys;
    for (const ring of Object.values(others)) {
      expect(verdict(mintUuid(ring, MINTED_AT))).toBe("unknown_uuid");
    }
  });
});

describe("time", () => {
  const uuid = mintUuid(keys.uuid, MINTED_AT);

  test("is good until 1 ms before the greatest age, and expired from then on", () => {
    expect(verdict(uuid, MINTED_AT + MAX_AGE_S * 1000 - 1)).toBe("ok");
    expect(verdict(uuid, MINTED_AT + MAX_AGE_S * 1000)).toBe("expired");
    expect(verdict(uuid, MINTED_AT + 10 ** 11)).toBe("expired");
  });

  test("from another server's clock is good up to 5 s ahead of ours, and unknown beyond", () => {
    expect(verdict(uuid, MINTED_AT - 5000)).toBe("ok");
    expect(verdict(uuid, MINTED_AT - 5001)).toBe("unknown_uuid");
  });

  test("a forged one is unknown, not expired, however old it claims to be", () => {
    expect(verdict(`00000000${uuid.slice(8)}`)).toBe("unknown_uuid");
  });
});

test("a rolled secret keeps uuids that are out, a dropped one voids them", () => {
  const uuid = mintUuid(keys.uuid, MINTED_AT);
  expect(verdict(uuid, MINTED_AT, deriveKeys(other, secret).uuid)).toBe("ok");
  expect(verdict(uuid, MINTED_AT, deriveKeys(other).uuid)).toBe("unknown_uuid");
});

import { createHmac, webcrypto } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { deriveKeys, sign, verify, type Form, type Keys } from "../../../src/core/keys.ts";
import { altered } from "../../support/spellings.ts";

const secret = "unit-3Vb8Qz1LmXw6TnK0rYpJ5sHdG9cEaU2f";
const other = "unit-W7yR4oPq0SxZ2kMvB6nJ8tLhC1gDfA5e";
const form: Form = { bytes: 16, encoding: "base64url" };
const purposes = [
  "uuid",
  "browser",
  "ticket",
  "session",
  "account",
  "user",
  "refresh",
  "code",
  "pushed",
] as const;

/** The derivation once more, through another implementation. */
async function hkdf(from: string, info: string): Promise<Uint8Array> {
  const { subtle } = webcrypto;
  const key = await subtle.importKey("raw", Buffer.from(from), "HKDF", false, ["deriveBits"]);
  const how = {
    name: "HKDF",
    hash: "SHA-256",
    salt: Buffer.from("scan-login"),
    info: Buffer.from(info),
  };
  return new Uint8Array(await subtle.deriveBits(how, key, 256));
}

describe("derived keys", () => {
  test("are HKDF-SHA256 with the purpose as info, so that a release logs nobody out", async () => {
    const keys = deriveKeys(secret, other);
    expect(Object.keys(keys)).toEqual(purposes);
    for (const purpose of purposes) {
      expect(keys[purpose]).toEqual([await hkdf(secret, purpose), await hkdf(other, purpose)]);
    }
  });

  test("differ for every purpose and every secret", () => {
    const all = Object.values(deriveKeys(secret, other)).flat();
    expect(new Set(all.map((key) => Buffer.from(key).toString("hex"))).size).toBe(
      2 * purposes.length,
    );
  });

  test("without a previous secret there is one key each", () => {
    for (const ring of Object.values(deriveKeys(secret))) expect(ring).toHaveLength(1);
  });
});

describe("what is signed for one purpose is worth nothing for another", () => {
  const pairs = purposes.flatMap((by) => purposes.map((as) => [by, as] as const));

  test.each(pairs)("signed as %s, verified as %s", (by, as) => {
    const keys: Keys = deriveKeys(secret, other);
    const old: Keys = deriveKeys(other);
    for (const signer of [keys, old]) {
      const signature = sign(signer[by], ["a", "b"], form);
      expect(verify(keys[as], ["a", "b"], form, signature)).toBe(by === as);
    }
  });
});

describe("a signature", () => {
  const { ticket } = deriveKeys(secret);

  test("is HMAC-SHA256 over the parts, each after its length in bytes", () => {
    const expected = createHmac("sha256", ticket[0]).update("2:é3:a:b0:").digest();
    expect(sign(ticket, ["é", "a:b", ""], { bytes: 32, encoding: "hex" })).toBe(
      expected.toString("hex"),
    );
    expect(sign(ticket, ["é", "a:b", ""], { bytes: 5, encoding: "hex" })).toBe(
      expected.subarray(0, 5).toString("hex"),
    );
  });

  test("is of no other list of parts, even one that reads the same when joined", () => {
    const parts = fc.array(fc.string({ maxLength: 4, unit: fc.constantFrom("1", ":", "a", "é") }), {
      maxLength: 4,
    });
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        const isSame = JSON.stringify(a) === JSON.stringify(b);
        expect(verify(ticket, b, form, sign(ticket, a, form))).toBe(isSame);
      }),
      {
        numRuns: 2000,
        examples: [
          [
            ["ab", "c"],
            ["a", "bc"],
          ],
          [["1:a"], ["1", "a"]],
          [[], [""]],
        ],
      },
    );
  });

  test("in another spelling of the same bytes is refused", () => {
    const signature = sign(ticket, ["a"], form);
    const bytes = Buffer.from(signature, "base64url");
    const same = [...altered(signature), `${signature}==`, `${signature}\n`].filter((text) =>
      Buffer.from(text, "base64url").equals(bytes),
    );
    expect(same).toHaveLength(15 + 2);
    for (const text of same) expect(verify(ticket, ["a"], form, text), text).toBe(false);
  });

  test("of another length is refused, not thrown at", () => {
    const signature = sign(ticket, ["a"], form);
    for (const given of ["", signature.slice(1), `${signature}A`, "é".repeat(11)]) {
      expect(verify(ticket, ["a"], form, given)).toBe(false);
    }
  });
});

describe("rolling the secret", () => {
  const parts = ["a"];
  const old = sign(deriveKeys(secret).session, parts, form);

  test("what the previous one signed still verifies", () => {
    expect(verify(deriveKeys(other, secret).session, parts, form, old)).toBe(true);
  });

  test("what a dropped one signed is void", () => {
    expect(verify(deriveKeys(other).session, parts, form, old)).toBe(false);
  });

  test("the new one signs from the start", () => {
    const fresh = sign(deriveKeys(other, secret).session, parts, form);
    expect(verify(deriveKeys(other).session, parts, form, fresh)).toBe(true);
    expect(fresh).not.toBe(old);
  });
});

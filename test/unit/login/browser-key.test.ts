import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { deriveKeys, sign } from "../../../src/core/keys.ts";
import { digestOf, mintBrowserKey, verifyBrowserKey } from "../../../src/login/browser-key.ts";
import { mintUuid } from "../../../src/login/uuid.ts";
import { altered, extended, truncated } from "../../support/spellings.ts";
import { MINTED_AT } from "../../support/login/fixtures.ts";

const secret = "unit-3Vb8Qz1LmXw6TnK0rYpJ5sHdG9cEaU2f";
const other = "unit-W7yR4oPq0SxZ2kMvB6nJ8tLhC1gDfA5e";
const keys = deriveKeys(secret);
const uuid = mintUuid(keys.uuid, MINTED_AT);
const key = mintBrowserKey(keys.browser, uuid);

function isMine(given: string | undefined, of = uuid, ring = keys.browser): boolean {
  const found = verifyBrowserKey(ring, of, given);
  if ("refused" in found) expect(found.refused).toBe("not_your_browser");
  return "owner" in found;
}

test("its owner's mark is a digest, with which nothing can be taken over", () => {
  const owner = createHash("sha256").update(key).digest("base64url");
  expect(verifyBrowserKey(keys.browser, uuid, key)).toEqual({ owner });
  expect(isMine(owner)).toBe(false);
});

test("1,000 made for one uuid are distinct, of 128 random and 128 signed bits, and all verify", () => {
  const made = Array.from({ length: 1000 }, () => mintBrowserKey(keys.browser, uuid));
  expect(new Set(made).size).toBe(1000);
  expect(new Set(made.map((one) => one.split(".")[0])).size).toBe(1000);
  for (const one of made) {
    const [random = "", signature = "", ...rest] = one.split(".");
    expect(rest).toEqual([]);
    for (const part of [random, signature]) {
      expect(Buffer.from(part, "base64url")).toHaveLength(16);
    }
    expect(isMine(one)).toBe(true);
  }
});

describe("not_your_browser", () => {
  test.each([
    ["none, or nothing like one", [undefined, "", ".", "null", `.${key.split(".")[1] ?? ""}`]],
    ["one character altered, also into another spelling of the same bytes", altered(key)],
    ["truncated", truncated(key)],
    ["extended", extended(key)],
    ["padded", [key.replace(".", "=="), `${key.replace(".", "==.")}==`]],
  ])("%s", (_, wrong) => {
    for (const given of wrong) expect(isMine(given), given).toBe(false);
  });

  test("a random part without its signature, or with the one of another", () => {
    const [random = ""] = key.split(".");
    const [, foreign = ""] = mintBrowserKey(keys.browser, uuid).split(".");
    expect(isMine(`${random}.${foreign}`)).toBe(false);
    expect(isMine(`${random}.${"A".repeat(22)}`)).toBe(false);
  });

  test("the key of another uuid", () => {
    expect(isMine(key, mintUuid(keys.uuid, MINTED_AT))).toBe(false);
  });

  test("a key that any other purpose's key signed", () => {
    const { browser: _, ...others } = keys;
    for (const ring of Object.values(others)) {
      expect(isMine(mintBrowserKey(ring, uuid))).toBe(false);
    }
  });

  test("a good signature over a random part that is not 128 bits", () => {
    for (const random of ["", "AAAA", "A".repeat(23)]) {
      const form = { bytes: 16, encoding: "base64url" } as const;
      expect(isMine(`${random}.${sign(keys.browser, [uuid, random], form)}`)).toBe(false);
    }
  });
});

test("a rolled secret keeps keys that are out, a dropped one voids them", () => {
  expect(isMine(key, uuid, deriveKeys(other, secret).browser)).toBe(true);
  expect(isMine(key, uuid, deriveKeys(other).browser)).toBe(false);
});

describe("a key for a site", () => {
  const audience = { site: "acme", digest: digestOf("client_id=acme") };
  const forAcme = mintBrowserKey(keys.browser, uuid, audience);

  test("says for whom it is, and is another owner's than the same random for nobody", () => {
    expect(verifyBrowserKey(keys.browser, uuid, forAcme)).toEqual({
      owner: digestOf(forAcme),
      audience,
    });
  });

  test("with another site, another digest, or none of both, is not_your_browser", () => {
    const [random = "", , , signature = ""] = forAcme.split(".");
    const { site, digest } = audience;
    for (const parts of [
      [random, "other", digest, signature],
      [random, site, digestOf("client_id=other"), signature],
      [random, signature],
      [random, digest, site, signature],
    ]) {
      expect(isMine(parts.join("."))).toBe(false);
    }
    const [plain = "", plainSignature = ""] = key.split(".");
    expect(isMine([plain, site, digest, plainSignature].join("."))).toBe(false);
  });

  test("altered, truncated or extended is not_your_browser", () => {
    for (const given of [...altered(forAcme), ...truncated(forAcme), ...extended(forAcme)]) {
      expect(isMine(given), given).toBe(false);
    }
  });
});

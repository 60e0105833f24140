import { isIP } from "node:net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { areOneNetwork, networkOf, providerOf } from "../../../src/core/address.ts";

const junk = [
  "",
  "unknown",
  "203.0.113",
  "203.0.113.256",
  "203.0.113.7.1",
  "2001:db8",
  "1:2:3:4:5:6:7:8:9",
  "1::2::3",
  "1:2:3:4:5:6:7::8:9",
  "12345::",
  "::g",
  ":::",
  "::1.2.3.999",
];

describe("networkOf", () => {
  test.each([
    ["203.0.113.7", "203.0.113.7"],
    ["::ffff:203.0.113.7", "203.0.113.7"],
    ["::FFFF:cb00:7107", "203.0.113.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
    ["2001:DB8:0001:2::6", "2001:db8:1:2"],
    ["2001:db8::6", "2001:db8:0:0"],
    ["::1", "0:0:0:0"],
    ["::", "0:0:0:0"],
    ["64:ff9b::203.0.113.7", "64:ff9b:0:0"],
  ])("%s is of %s", (address, network) => {
    expect(networkOf(address)).toBe(network);
  });

  test.each(junk)("%j is no address, and stays as it is", (text) => {
    expect(networkOf(text)).toBe(text);
  });
});

describe("providerOf", () => {
  test.each([
    ["203.0.113.7", "203.0.0.0/16"],
    ["::ffff:203.0.113.7", "203.0.0.0/16"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8::/32"],
    ["2001::1", "2001::/32"],
    ["2001:0:1::", "2001::/32"],
    ["0:1::", "0:1::/32"],
    ["::1", "::/32"],
  ])("%s is shown as %s", (address, shown) => {
    expect(providerOf(address)).toBe(shown);
  });

  test.each(junk)("%j is no address, and is not shown", (text) => {
    expect(providerOf(text)).toBeUndefined();
  });

  test("tells nothing of what is behind the prefix", () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.nat(255), fc.nat(255), (address, third, fourth) => {
        const [a, b] = address.split(".");
        expect(providerOf(`${a}.${b}.${third}.${fourth}`)).toBe(providerOf(address));
      }),
    );
  });
});

test("every address that Node knows is one here, and nothing else", () => {
  const text = fc.oneof(fc.ipV4(), fc.ipV6(), fc.stringMatching(/^[\d:.a-f]{0,20}$/));
  fc.assert(
    fc.property(text, (address) => {
      // Leading zeros, "010.0.0.1": Node refuses what old systems read as octal.
      fc.pre(!/(^|[.:])0\d+\./.test(address) && !/\.0\d/.test(address));
      expect(providerOf(address) !== undefined).toBe(isIP(address) !== 0);
    }),
    { numRuns: 2000 },
  );
});

test("areOneNetwork: every address is of its own network, whichever way it is asked", () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), fc.oneof(fc.ipV4(), fc.ipV6()), (one, other) => {
      expect(areOneNetwork(one, one)).toBe(true);
      expect(areOneNetwork(one, other)).toBe(areOneNetwork(other, one));
    }),
  );
});

test("areOneNetwork compares addresses, not their spelling, and says nothing of junk", () => {
  expect(areOneNetwork("2001:DB8::1", "2001:db8:0:0:ffff::")).toBe(true);
  expect(areOneNetwork("::ffff:203.0.113.7", "203.0.113.7")).toBe(true);
  for (const text of junk) expect(areOneNetwork(text, text)).toBeUndefined();
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { areOneNetwork, networkOf, shortened } from "../../../src/core/address.ts";

describe("networkOf", () => {
  test.each([
    ["203.0.113.7", "203.0.113.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
    ["2001:db8:1:2::6", "2001:db8:1:2"],
    ["2001:db8::6", "2001:db8:0:0"],
    ["::1", "0:0:0:0"],
    ["::", "0:0:0:0"],
    ["unknown", "unknown"],
  ])("%s is of %s", (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});

describe("shortened", () => {
  test.each([
    ["203.0.113.7", "203.0.*.*"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:*"],
    ["2001::1", "2001:0:*"],
    ["::1", "0:0:*"],
  ])("%s is shown as %s", (address, shown) => {
    expect(shortened(address)).toBe(shown);
  });

  test("tells nothing of the second half", () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.nat(255), fc.nat(255), (address, third, fourth) => {
        const [a, b] = address.split(".");
        expect(shortened(`${a}.${b}.${third}.${fourth}`)).toBe(shortened(address));
      }),
    );
  });
});

test("areOneNetwork: every address is of its own network, whichever way it is asked", () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), fc.oneof(fc.ipV4(), fc.ipV6()), (one, other) => {
      expect(areOneNetwork(one, one)).toBe(true);
      expect(areOneNetwork(one, other)).toBe(areOneNetwork(other, one));
    }),
  );
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { consequence, distanceKm, nearness, type Proximity } from "../../../src/login/proximity.ts";
import type { Place } from "../../../src/core/place.ts";

const paris = { latitude: 48.8566, longitude: 2.3522 };
const london = { latitude: 51.5074, longitude: -0.1278 };
const sydney = { latitude: -33.8688, longitude: 151.2093 };
const newYork = { latitude: 40.7128, longitude: -74.006 };
const suva = { latitude: -18.1416, longitude: 178.4419 };
const apia = { latitude: -13.8333, longitude: -171.7667 };

describe("great-circle distance", () => {
  test.each([
    ["Paris to London", paris, london, 344],
    ["Paris to New York", paris, newYork, 5837],
    ["London to Sydney", london, sydney, 16_994],
    ["Suva to Apia, over the date line", suva, apia, 1146],
  ])("%s", (_, a, b, km) => {
    expect(Math.abs(distanceKm(a, b) - km)).toBeLessThan(km * 0.005);
    expect(distanceKm(b, a)).toBeCloseTo(distanceKm(a, b), 6);
  });

  test("is a half circle even where rounding makes it a little more", () => {
    const here = { latitude: 58.85602050007455, longitude: -161.0910643088813 };
    const there = { latitude: -58.85602049907455, longitude: 18.9089356911187 };
    expect(distanceKm(here, there)).toBeCloseTo(6371 * Math.PI, 3);
  });

  test("is nothing to itself, a half circle to the antipode, and never more or not a number", () => {
    const half = 6371 * Math.PI;
    expect(distanceKm(paris, paris)).toBe(0);
    expect(
      distanceKm({ latitude: 90, longitude: 0 }, { latitude: -90, longitude: 77 }),
    ).toBeCloseTo(half, 6);
    const point = fc.record({
      latitude: fc.double({ min: -90, max: 90, noNaN: true }),
      longitude: fc.double({ min: -180, max: 180, noNaN: true }),
    });
    fc.assert(
      fc.property(point, point, (a, b) => {
        const antipode = { latitude: -a.latitude, longitude: a.longitude + 180 };
        for (const km of [distanceKm(a, b), distanceKm(a, antipode)]) {
          expect(km).toBeGreaterThanOrEqual(0);
          expect(km).toBeLessThanOrEqual(half + 1e-6);
        }
      }),
    );
  });
});

describe("nearness, strongest evidence first", () => {
  const cells: [name: string, browser: Place, phone: Place, verdict: string, km?: number][] = [
    ["one address", { ip: "192.0.2.1" }, { ip: "192.0.2.1" }, "near"],
    [
      "one address outweighs far coordinates and countries",
      { ip: "192.0.2.1", country: "FR", ...paris },
      { ip: "192.0.2.1", country: "AU", ...sydney },
      "near",
    ],
    ["one IPv6 /64", { ip: "2001:db8:1:2::5" }, { ip: "2001:db8:1:2:9::8" }, "near"],
    ["two IPv6 /64s alone", { ip: "2001:db8:1:2::5" }, { ip: "2001:db8:1:3::5" }, "unknown"],
    ["two unknown addresses are not one", {}, {}, "unknown"],
    ["two addresses alone", { ip: "192.0.2.1" }, { ip: "192.0.2.2" }, "unknown"],
    ["near coordinates", { ...paris }, { ...london }, "near", 344],
    ["far coordinates", { ...paris }, { ...newYork }, "far", 5837],
    [
      "near coordinates outweigh a border",
      { country: "FR", ...paris },
      { country: "GB", ...london },
      "near",
      344,
    ],
    [
      "far coordinates outweigh one country and operator",
      { country: "US", asn: 1, ...newYork },
      { country: "US", asn: 1, latitude: 34.05, longitude: -118.24 },
      "far",
      3936,
    ],
    [
      "coordinates of one side only: countries decide",
      { country: "FR", ...paris },
      { country: "AU" },
      "far",
    ],
    [
      "half a coordinate is none",
      { country: "FR", latitude: 48 },
      { country: "FR", latitude: 48, longitude: 2 },
      "unknown",
    ],
    ["half a coordinate on both sides is none", { longitude: 2 }, { longitude: 2 }, "unknown"],
    ["different countries", { country: "FR" }, { country: "BR" }, "far"],
    [
      "different countries, one operator",
      { country: "FR", asn: 64_500 },
      { country: "BR", asn: 64_500 },
      "far",
    ],
    [
      "one country, one operator",
      { country: "FR", asn: 64_500 },
      { country: "FR", asn: 64_500 },
      "near",
    ],
    [
      "one country, two operators",
      { country: "FR", asn: 64_500 },
      { country: "FR", asn: 64_501 },
      "unknown",
    ],
    ["one country, no operator known", { country: "FR" }, { country: "FR" }, "unknown"],
    ["one operator, one country unknown", { country: "FR", asn: 1 }, { asn: 1 }, "unknown"],
    ["one operator, both countries unknown", { asn: 1 }, { asn: 1 }, "unknown"],
  ];

  test.each(cells)("%s", (_, browser, phone, verdict, km) => {
    for (const found of [nearness(browser, phone, 500), nearness(phone, browser, 500)]) {
      expect(found.verdict).toBe(verdict);
      if (km === undefined) expect(found).not.toHaveProperty("km");
      else expect(Math.abs((found.km ?? 0) - km)).toBeLessThan(km * 0.01);
    }
  });

  test("zero degrees are known degrees", () => {
    const found = nearness({ latitude: 0, longitude: 0 }, { latitude: 0, longitude: 0 }, 500);
    expect(found).toEqual({ verdict: "near", km: 0 });
  });

  test.each<[string, Place, Place, boolean | undefined]>([
    ["one address", { ip: "192.0.2.1" }, { ip: "192.0.2.1" }, true],
    ["two addresses", { ip: "192.0.2.1" }, { ip: "192.0.2.2" }, false],
    ["one IPv6 /64", { ip: "2001:db8:1:2::5" }, { ip: "2001:db8:1:2:9::8" }, true],
    ["two IPv6 /64s", { ip: "2001:db8:1:2::5" }, { ip: "2001:db8:1:3::5" }, false],
    ["IPv4 and IPv6: nobody can tell", { ip: "192.0.2.1" }, { ip: "2001:db8::1" }, undefined],
    ["an address and none", { ip: "192.0.2.1" }, {}, undefined],
    ["neither", {}, {}, undefined],
  ])("whether both are on one network: %s", (_, browser, phone, same) => {
    for (const places of [{}, paris] as Place[]) {
      const there = { ...browser, ...places };
      expect(nearness(there, { ...phone, ...places }, 500).sameNetwork).toBe(same);
      expect(nearness({ ...phone, ...places }, there, 500).sameNetwork).toBe(same);
    }
  });

  test.each<[string, Place, Place, true | undefined]>([
    ["one city", { city: "Lyon", country: "FR" }, { city: "Lyon", country: "FR" }, true],
    ["two cities", { city: "Lyon", country: "FR" }, { city: "Paris", country: "FR" }, undefined],
    ["one name in two countries", { city: "Paris", country: "FR" }, { city: "Paris" }, undefined],
    [
      "one name in two regions",
      { city: "Springfield", region: "IL", country: "US" },
      { city: "Springfield", region: "MA", country: "US" },
      undefined,
    ],
    ["no city known", { country: "FR" }, { country: "FR" }, undefined],
  ])("whether both are in one city: %s", (_, browser, phone, same) => {
    expect(nearness(browser, phone, 500).sameCity).toBe(same);
    expect(nearness(phone, browser, 500).sameCity).toBe(same);
    const ip = "192.0.2.1";
    expect(nearness({ ...browser, ip }, { ...phone, ip }, 500).sameCity).toBe(same);
  });

  test("far begins exactly at the threshold", () => {
    const km = distanceKm(paris, london);
    expect(nearness(paris, london, km).verdict).toBe("far");
    expect(nearness(paris, london, km + 0.001).verdict).toBe("near");
  });
});

describe("what a verdict leads to", () => {
  const table: Record<Proximity, Record<"near" | "far" | "unknown", string>> = {
    off: { near: "go", far: "go", unknown: "go" },
    warn: { near: "go", far: "go", unknown: "go" },
    step_up: { near: "go", far: "number", unknown: "number" },
    deny: { near: "go", far: "refuse", unknown: "number" },
  };
  const cells = Object.entries(table).flatMap(([proximity, row]) =>
    Object.entries(row).map(([verdict, leads]) => ({ proximity, verdict, leads })),
  );

  test.each(cells)("$proximity and $verdict: $leads", ({ proximity, verdict, leads }) => {
    expect(consequence(proximity as Proximity, verdict as "near")).toBe(leads);
  });
});

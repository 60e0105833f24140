import { describe, expect, test } from "vitest";
import { SUSPECTS } from "../../../src/core/limits.ts";
import { networksOf } from "../../../src/http/networks.ts";
import { Suspicion } from "../../../src/http/suspicion.ts";

const T = 1_800_000_000_000;
const MINUTE = 60_000;

const inCustomer = (i: number) => networksOf(`2001:db8:1:${(0x1200 + i).toString(16)}::1`);
const inSite = (i: number) => networksOf(`2001:db8:1:${(0x2000 + 256 * i).toString(16)}::1`);

describe("21 work as a weapon: suspicion", () => {
  test.each([
    ["198.51.100.7", ["198.51.100.7"]],
    ["::ffff:198.51.100.7", ["198.51.100.7"]],
    ["unknown", ["unknown"]],
    ["2001:db8::1", ["2001:0db8:0000:0000/64", "2001:0db8:0000:00/56", "2001:0db8:0000/48"]],
    [
      "2001:DB8:a:1f2e:1:2:3:4",
      ["2001:0db8:000a:1f2e/64", "2001:0db8:000a:1f/56", "2001:0db8:000a/48"],
    ],
    ["::1", ["0000:0000:0000:0000/64", "0000:0000:0000:00/56", "0000:0000:0000/48"]],
    ["fe80::", ["fe80:0000:0000:0000/64", "fe80:0000:0000:00/56", "fe80:0000:0000/48"]],
  ])("%s is of the networks %j", (address, networks) => {
    expect(networksOf(address)).toEqual(networks);
  });

  test("however an address is spelled, its networks are the same", () => {
    const spellings = ["2001:db8:0:1::5", "2001:0db8:0000:0001:0:0:0:5", "2001:DB8:0:1::0:5"];
    expect(new Set(spellings.map((it) => networksOf(it).join())).size).toBe(1);
  });

  test("one mark is enough for an address, several for a /56, more for a /48", () => {
    const suspicion = new Suspicion();
    suspicion.mark(inCustomer(0), T, T + MINUTE);
    expect(suspicion.isSuspect(inCustomer(0), T)).toBe(true);
    expect(suspicion.isSuspect(inCustomer(99), T)).toBe(false);
    for (let i = 1; i < SUSPECTS.fromMarks[1]; i++) suspicion.mark(inCustomer(i), T, T + MINUTE);
    expect(suspicion.isSuspect(inCustomer(99), T)).toBe(true);
    expect(suspicion.isSuspect(inSite(0), T)).toBe(false);
    for (let i = 4; i < SUSPECTS.fromMarks[2]; i++) suspicion.mark(inSite(i), T, T + MINUTE);
    expect(suspicion.isSuspect(inSite(0), T)).toBe(true);
    expect(suspicion.isSuspect(networksOf("2001:db8:2::1"), T)).toBe(false);
  });

  test("marks are forgotten in time, and a later one keeps those before it", () => {
    const suspicion = new Suspicion();
    suspicion.mark(["a"], T, T + MINUTE);
    expect(suspicion.isSuspect(["a"], T + MINUTE - 1)).toBe(true);
    expect(suspicion.isSuspect(["a"], T + MINUTE)).toBe(false);
    suspicion.mark(["a"], T, T + 10 * MINUTE);
    suspicion.mark(["a"], T + 1, T + MINUTE);
    expect(suspicion.isSuspect(["a"], T + 10 * MINUTE - 1)).toBe(true);
  });

  test("an address comes too soon before the time it was told, and at no other", () => {
    const suspicion = new Suspicion();
    expect(suspicion.comesTooSoon("a", T)).toBe(false);
    suspicion.tellToCome("a", T, T + 2000);
    expect(suspicion.comesTooSoon("a", T + 1999)).toBe(true);
    expect(suspicion.comesTooSoon("a", T + 2000)).toBe(false);
    expect(suspicion.comesTooSoon("b", T + 1999)).toBe(false);
    suspicion.tellToCome("a", T + 1999, T + 3000);
    expect(suspicion.comesTooSoon("a", T + 2999)).toBe(true);
    expect(suspicion.isSuspect(["a"], T)).toBe(false);
  });

  test("a refusal of any of its networks is the address's, until it is over", () => {
    const suspicion = new Suspicion();
    suspicion.refuse("wide", T, T + MINUTE);
    expect(suspicion.refusedForMs(["narrow", "wide"], T + 1000)).toBe(MINUTE - 1000);
    expect(suspicion.refusedForMs(["narrow"], T)).toBe(0);
    suspicion.mark(["wide"], T, T + 1);
    expect(suspicion.refusedForMs(["wide"], T + MINUTE - 1)).toBe(1);
    expect(suspicion.refusedForMs(["wide"], T + MINUTE)).toBe(0);
  });

  test("of more networks than there is room for, those heard of last are remembered", () => {
    const suspicion = new Suspicion();
    for (const network of ["first", "second"]) suspicion.mark([network], T, T + MINUTE);
    suspicion.mark(["first"], T, T + MINUTE);
    for (let i = 1; i < SUSPECTS.networksMax; i++) suspicion.mark([`n${i}`], T, T + MINUTE);
    expect(suspicion.isSuspect(["first"], T)).toBe(true);
    expect(suspicion.isSuspect(["second"], T)).toBe(false);
    suspicion.mark(["one more"], T, T + MINUTE);
    expect(suspicion.isSuspect(["first"], T)).toBe(false);
  });
});

/**
 * How far the phone is from the browser, and what follows from it (RFC 10027, section 6.1:
 * establish proximity). By distance, not by equality: a phone on mobile data and a laptop on
 * wifi rarely share an address, a city, or a network operator.
 */
import { areOneNetwork } from "../core/address.ts";
import type { Place } from "../core/place.ts";

export type Proximity = "off" | "warn" | "step_up" | "deny";

export interface Nearness {
  readonly verdict: "near" | "far" | "unknown";
  /** Great-circle kilometres, where both coordinates are known. */
  readonly km?: number;
  /** Absent where nobody can tell. */
  readonly sameNetwork?: boolean;
  readonly sameCity?: boolean;
}

const EARTH_RADIUS_KM = 6371;

/** Great-circle distance (haversine) in kilometres. */
export function distanceKm(
  a: { latitude: number; longitude: number },
  b: { latitude: number; longitude: number },
): number {
  const rad = Math.PI / 180;
  const dLat = (b.latitude - a.latitude) * rad;
  const dLon = (b.longitude - a.longitude) * rad;
  const h =
    Math.sin(dLat / 2) ** 2 +
    Math.cos(a.latitude * rad) * Math.cos(b.latitude * rad) * Math.sin(dLon / 2) ** 2;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(h)));
}

/**
 * The stated rule, strongest evidence first: one network is near; else known coordinates decide;
 * else different countries are far and one network operator in one country is near; else nobody
 * knows, and we do not pretend to.
 */
export function nearness(browser: Place, phone: Place, farFromKm: number): Nearness {
  const sameNetwork = areOneNetwork(browser.ip, phone.ip);
  const found: Nearness = sameNetwork
    ? { verdict: "near" }
    : (byDistance(browser, phone, farFromKm) ?? byOperator(browser, phone));
  const shared = {
    ...(sameNetwork !== undefined && { sameNetwork }),
    ...(areInOneCity(browser, phone) && { sameCity: true }),
  };
  return { ...found, ...shared };
}

function byDistance(browser: Place, phone: Place, farFromKm: number): Nearness | undefined {
  if (!hasCoordinates(browser) || !hasCoordinates(phone)) return undefined;
  const km = distanceKm(browser, phone);
  return { verdict: km >= farFromKm ? "far" : "near", km };
}

function byOperator(browser: Place, phone: Place): Nearness {
  if (browser.country === undefined || phone.country === undefined) return { verdict: "unknown" };
  if (browser.country !== phone.country) return { verdict: "far" };
  return { verdict: browser.asn !== undefined && browser.asn === phone.asn ? "near" : "unknown" };
}

function areInOneCity(browser: Place, phone: Place): boolean {
  const { city, region, country } = browser;
  return (
    city !== undefined &&
    city === phone.city &&
    region === phone.region &&
    country === phone.country
  );
}

/** What a verdict leads to. An unknown place is never a pass under `step_up`, nor a dead end under `deny`. */
export function consequence(
  proximity: Proximity,
  verdict: Nearness["verdict"],
): "go" | "number" | "refuse" {
  if (verdict === "near") return "go";
  switch (proximity) {
    case "off":
    case "warn":
      return "go";
    case "step_up":
      return "number";
    case "deny":
      return verdict === "far" ? "refuse" : "number";
  }
}

function hasCoordinates(place: Place): place is Place & { latitude: number; longitude: number } {
  return place.latitude !== undefined && place.longitude !== undefined;
}

/** What the edge knows of a device: its place, and for browsers their name. Nothing it claims. */
import type { Browser } from "../login/machine.ts";
import type { Place } from "../core/place.ts";
import { isLocalNetwork } from "../core/hosts.ts";
import { nameOf } from "./browser-name.ts";
import type { Ctx } from "./context.ts";

export function placeOf(c: Ctx): Place {
  const ip = c.req.header("CF-Connecting-IP");
  const cf = (c.req.raw.cf ?? {}) as Partial<IncomingRequestCfProperties>;
  // Only the local server sees such an address, and it makes the rest up.
  if (ip !== undefined && isLocalNetwork(ip)) return { ip };
  const { city, region, country, asn } = cf;
  const latitude = degrees(cf.latitude);
  const longitude = degrees(cf.longitude);
  return {
    ...(ip && { ip }),
    ...(city && { city }),
    ...(region && { region }),
    ...(country && !nowhere.has(country) && { country }),
    ...(asn !== undefined && { asn }),
    ...(latitude !== undefined && { latitude }),
    ...(longitude !== undefined && { longitude }),
  };
}

/** Cloudflare's own codes for "unknown" and for Tor: no countries that one could be far from. */
const nowhere = new Set<string>(["XX", "T1"]);

export function browserOf(c: Ctx): Browser {
  return { ...placeOf(c), ...nameOf(c.req.header("User-Agent") ?? "") };
}

function degrees(text: string | undefined): number | undefined {
  const value = Number.parseFloat(text ?? "");
  return Number.isFinite(value) ? value : undefined;
}

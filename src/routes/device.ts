/** What the edge knows of a device: its place, and for browsers their name. Nothing it claims. */
import Bowser from "bowser";
import type { Browser } from "../login/machine.ts";
import type { Place } from "../login/proximity.ts";
import { isLocalNetwork } from "../hosts.ts";
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
    ...(country && { country }),
    ...(asn !== undefined && { asn }),
    ...(latitude !== undefined && { latitude }),
    ...(longitude !== undefined && { longitude }),
  };
}

export function browserOf(c: Ctx): Browser {
  const { browser, os } = Bowser.parse(c.req.header("User-Agent") || "unknown");
  return { ...placeOf(c), name: shown(browser.name), os: shown(os.name) };
}

/** "" where the user agent says nothing known: the pages have words for that. */
function shown(name: string | undefined): string {
  return (name ?? "").slice(0, 40);
}

function degrees(text: string | undefined): number | undefined {
  const value = Number.parseFloat(text ?? "");
  return Number.isFinite(value) ? value : undefined;
}

/** What the edge knows of a device: its place, and for browsers their name. Nothing it claims. */
import { browserName, detectOS } from "detect-browser";
import { USER_AGENT_MAX_CHARS } from "../core/limits.ts";
import type { Browser } from "../login/machine.ts";
import type { Place } from "../core/place.ts";
import { isLocalNetwork } from "../core/hosts.ts";
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
  const agent = (c.req.header("User-Agent") ?? "").slice(0, USER_AGENT_MAX_CHARS);
  return {
    ...placeOf(c),
    name: browsers[browserName(agent) ?? ""] ?? "",
    os: systemOf(detectOS(agent)),
  };
}

/** As people know them; "" for the rest, where the pages have words for "unknown". */
const browsers: Readonly<Record<string, string>> = {
  chrome: "Chrome",
  crios: "Chrome",
  "chromium-webview": "Android WebView",
  edge: "Edge",
  "edge-chromium": "Edge",
  "edge-ios": "Edge",
  firefox: "Firefox",
  fxios: "Firefox",
  safari: "Safari",
  ios: "Safari",
  "ios-webview": "iOS WebView",
  opera: "Opera",
  "opera-mini": "Opera Mini",
  samsung: "Samsung Internet",
  miui: "Mi Browser",
  silk: "Silk",
  yandexbrowser: "Yandex Browser",
};

/** Browsers froze the version they tell: "Windows 10" is Windows 11 as often as not. */
function systemOf(name: string | null): string {
  if (name === null) return "";
  if (name.startsWith("Windows")) return "Windows";
  return { "Mac OS": "macOS", "Android OS": "Android" }[name] ?? name;
}

function degrees(text: string | undefined): number | undefined {
  const value = Number.parseFloat(text ?? "");
  return Number.isFinite(value) ? value : undefined;
}

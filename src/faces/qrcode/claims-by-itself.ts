/**
 * May the phone's page claim a login as soon as it is opened? Only after a camera's scan, which no
 * page of another site can pass a visit off as: `Sec-Fetch-Site: none`, of a page of its own (W3C
 * Fetch Metadata). Not even `same-origin` will do: our own sign-in form, a reload from our script or
 * `return_to` turns another site's visit into that. A link tapped in a native messenger says `none`
 * as well; the page's warning, the place and the user's "no" are for that.
 */
export interface Arrival {
  /** `Sec-Fetch-Site`, `-Mode` and `-Dest`: absent over plain http and from old browsers. */
  readonly site: string | undefined;
  readonly mode: string | undefined;
  readonly dest: string | undefined;
  readonly userAgent: string | undefined;
}

export function claimsByItself({ site, mode, dest, userAgent = "" }: Arrival): boolean {
  const isScan = site === "none" && mode === "navigate" && dest === "document";
  return isScan && saysNoneInEarnest(userAgent);
}

/** From here on WebKit's `none` means no site; before, it meant no Referer (bug 256472). */
const WEBKIT_MENDED_IN = 18;

/** Every browser of an iPhone is WebKit, and tells the system's version if not its own. */
function saysNoneInEarnest(userAgent: string): boolean {
  const isWebKit = userAgent.includes("AppleWebKit/") && !userAgent.includes("Chrome/");
  if (!isWebKit) return true;
  const versions = [...userAgent.matchAll(/(?:iPhone OS |CPU OS |Version\/)(\d+)/g)];
  return versions.some(([, version]) => Number(version) >= WEBKIT_MENDED_IN);
}

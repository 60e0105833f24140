/** A browser that is signed in at the front door of a deployment with single sign-on. */
import { Browser, type Phone } from "./parties.ts";
import { stageAt, withBindings } from "./stages.ts";

/** The same deployment with SSO_TTL_S set. */
export const withSso = (SSO_TTL_S = "3600") => withBindings({ SSO_TTL_S });

export async function signedInHere(phone?: Phone, via = withSso()): Promise<Browser> {
  const browser = new Browser({ via });
  await stageAt("redeemed", { browser, ...(phone && { phone }) });
  return browser;
}

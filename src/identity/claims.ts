import { nameFrom } from "../core/name.ts";
import type { User } from "../core/user.ts";
import { refuse, type Refusal } from "../core/refusal.ts";
import { avatarOrNone } from "./avatar.ts";
import { profileFrom } from "./profile.ts";

const SUB_MAX_CHARS = 256;

/**
 * A user from an issuer's standard claims (OpenID Connect Core, section 5.1).
 *
 * @returns the user; or `unauthenticated`, also for anything but a bearer's access or id token
 */
export function userFromClaims(claims: Readonly<Record<string, unknown>>): User | Refusal {
  if (isOfAnotherKind(claims)) return refuse("unauthenticated", { reason: "token_kind" });
  const { sub, name, preferred_username, username, email, picture } = claims;
  if (typeof sub !== "string" || sub === "" || sub.length > SUB_MAX_CHARS) {
    return refuse("unauthenticated", { reason: "token_without_sub" });
  }
  const shown = nameFrom(name, preferred_username, username, email, sub);
  return { sub, name: shown, ...avatarOrNone(picture), ...profileFrom(claims) };
}

/**
 * `events`: a security event (RFC 8417), of which a logout token is one; it tells about a user and
 * vouches for nobody. `cnf`: bound to a key that its holder must prove to have (RFC 7800); we ask
 * for no such proof, so a thief would get in with it as well.
 */
function isOfAnotherKind(claims: Readonly<Record<string, unknown>>): boolean {
  return "events" in claims || "cnf" in claims;
}

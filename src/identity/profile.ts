import { nameFrom } from "../core/name.ts";
import type { User } from "../core/user.ts";

type Profile = Pick<User, "email" | "emailVerified" | "preferredUsername" | "locale">;

/** RFC 5321, section 4.5.3.1.3, without the angle brackets of a path. */
const EMAIL_MAX_CHARS = 254;
const email = /^[^\s@\p{C}]+@[^\s@\p{C}]+$/u;

/** BCP 47, and with an underscore, as some write it; as long as the longest that RFC 5646 finds useful. */
const locale = /^(?=.{2,35}$)[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*$/;

/**
 * What a source says of its user beyond name and avatar (OpenID Connect Core, section 5.1), to be
 * told to sites. A value of the wrong shape is left out: refusing would keep its user out, and a
 * site may take a repaired address for the user's own.
 */
export function profileFrom(claims: Readonly<Record<string, unknown>>): Profile {
  const { email: address, email_verified, preferred_username, locale: language } = claims;
  return {
    ...(isEmail(address) && { email: address, emailVerified: email_verified === true }),
    ...(isName(preferred_username) && { preferredUsername: preferred_username }),
    ...(isLocale(language) && { locale: language }),
  };
}

function isEmail(value: unknown): value is string {
  return typeof value === "string" && value.length <= EMAIL_MAX_CHARS && email.test(value);
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "" && nameFrom(value) === value;
}

function isLocale(value: unknown): value is string {
  return typeof value === "string" && locale.test(value);
}

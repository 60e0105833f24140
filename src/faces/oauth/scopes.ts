/** What a site may ask for, and what each scope tells of a user (OpenID Connect Core, section 5.4). */
import type { User } from "../../core/user.ts";

export const scopes = ["openid", "profile", "email", "offline_access"] as const;

export const claims = [
  "sub",
  "name",
  "picture",
  "preferred_username",
  "locale",
  "email",
  "email_verified",
] as const;

export function has(scope: string, wanted: (typeof scopes)[number]): boolean {
  return scope.split(" ").includes(wanted);
}

/** @param issuer our own origin, for pictures that lie there */
export function claimsOf(user: User, scope: string, issuer: string): Record<string, unknown> {
  const { name, avatar, preferredUsername, locale, email, emailVerified } = user;
  return {
    ...(has(scope, "profile") && {
      name,
      ...(avatar !== undefined && { picture: new URL(avatar, issuer).href }),
      ...(preferredUsername !== undefined && { preferred_username: preferredUsername }),
      ...(locale !== undefined && { locale }),
    }),
    ...(has(scope, "email") &&
      email !== undefined && { email, email_verified: emailVerified === true }),
  };
}

import type { Ctx } from "../../http/context.ts";

/** The deployment's origin, without a trailing slash: the same bytes wherever it is said. */
export function issuerOf(c: Ctx): string {
  return new URL(c.req.url).origin;
}

export const endpoints = {
  authorize: "/oauth/authorize",
  token: "/oauth/token",
  userinfo: "/oauth/userinfo",
  jwks: "/oauth/jwks",
  par: "/oauth/par",
  introspect: "/oauth/introspect",
  revoke: "/oauth/revoke",
  logout: "/oauth/logout",
} as const;

import type { Grant } from "../../src/users/families.ts";

/** A grant to Acme; with a refresh token by default. */
export function grantTo(id: string, more: Partial<Grant> = {}): Grant {
  return {
    id,
    clientId: "acme",
    user: { sub: "ada", name: "Ada Lovelace" },
    scope: "openid profile offline_access",
    authTime: 1_800_000_000,
    amr: ["swk"],
    sid: "sid-1",
    ...more,
  };
}

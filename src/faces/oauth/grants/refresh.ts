import { isRefusal } from "../../../core/refusal.ts";
import { refresh } from "../../../users/gateway.ts";
import { refuseAs } from "../errors.ts";
import { issuerOf } from "../issuer.ts";
import { issueTokens } from "../tokens.ts";
import type { GrantHandler } from "./grant.ts";

/** `refresh_token` (RFC 6749, section 6): rotated; `scope` may ask for less than was granted. */
export const byRefreshToken: GrantHandler = {
  grantType: "refresh_token",
  async exchange(c, { client, fields, signing }) {
    const { refresh_token: token, scope: wanted } = fields;
    if (token === undefined) return refuseAs("invalid_request", "refresh_token is missing");
    const refreshed = await refresh(c.env, c.get("config").keys, token, client.id);
    if (isRefusal(refreshed)) return refreshed;
    const { grant, refreshToken } = refreshed;
    c.set("user", grant.user.sub);
    const scope = wanted ?? grant.scope;
    const granted = grant.scope.split(" ");
    if (!scope.split(" ").every((it) => granted.includes(it))) {
      return refuseAs("invalid_scope", "scope is more than was granted");
    }
    const issuer = issuerOf(c);
    return issueTokens(signing, { issuer, client, grant, scope, refreshToken, now: Date.now() });
  },
};

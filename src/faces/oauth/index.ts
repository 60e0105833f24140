/** An OpenID Provider: any website signs its users in here, with the library that it has already. */
import { METADATA_KEPT_S } from "../../core/limits.ts";
import { paths } from "../../core/paths.ts";
import { get, post, type Face } from "../../http/face.ts";
import { anywhere, own } from "../../http/origin.ts";
import { problem } from "../../http/problem.ts";
import { authorize, authorizeByPost } from "./authorize.tsx";
import { discovery, jwks } from "./discovery.ts";
import { bearerError, oauthError } from "./errors.ts";
import { endpoints } from "./issuer.ts";
import { faultPage } from "./fault-page.tsx";
import { introspect } from "./introspect.ts";
import { confirmLogout, logout } from "./logout.tsx";
import { pushRequest } from "./pushed.ts";
import { redeemForSite } from "./redeem.ts";
import { revoke } from "./revoke.ts";
import { token } from "./token.ts";
import { userinfo } from "./userinfo.ts";
import { withKeys } from "./with-keys.ts";

const kept = { "Cache-Control": `public, max-age=${METADATA_KEPT_S}` };
const metadata = { cors: "any", headers: kept } as const;
const bySite = { origin: anywhere, flood: "SITE_LIMIT" } as const;
const bySiteOrPage = { ...bySite, cors: "registered" } as const;
const byUser = { refusedAs: faultPage, flood: "MINT_LIMIT" } as const;
const byToken = { origin: anywhere, refusedAs: bearerError, cors: "registered" } as const;

export const oauth: Face = {
  refusedAs: oauthError,
  // A site may open our page in a window of its own, and wants to hear from it at the end.
  headers: { "Cross-Origin-Opener-Policy": "unsafe-none" },
  routes: [
    get("/.well-known/openid-configuration", metadata, withKeys(discovery)),
    get("/.well-known/oauth-authorization-server", metadata, withKeys(discovery)),
    get(endpoints.jwks, metadata, withKeys(jwks)),
    get(endpoints.authorize, byUser, withKeys(authorize)),
    post(endpoints.authorize, { ...byUser, origin: anywhere }, withKeys(authorizeByPost)),
    post(
      paths.redeemForSite,
      { origin: own, flood: "REDEEM_LIMIT", refusedAs: problem },
      withKeys(redeemForSite),
    ),
    post(endpoints.par, bySiteOrPage, withKeys(pushRequest)),
    post(endpoints.token, bySiteOrPage, withKeys(token)),
    get(endpoints.userinfo, byToken, withKeys(userinfo)),
    post(endpoints.userinfo, byToken, withKeys(userinfo)),
    post(endpoints.introspect, bySite, withKeys(introspect)),
    post(endpoints.revoke, bySiteOrPage, withKeys(revoke)),
    get(endpoints.logout, byUser, withKeys(logout)),
    post(endpoints.logout, { ...byUser, origin: anywhere }, withKeys(logout)),
    post(
      `${endpoints.logout}/confirm`,
      { origin: own, refusedAs: problem },
      withKeys(confirmLogout),
    ),
  ],
};

import type { SigningKeys } from "../../core/signing-keys.ts";
import type { Ctx } from "../../http/context.ts";
import { langs } from "../../pages/language.ts";
import { assertionAlgorithms } from "./client-auth.ts";
import { endpoints, issuerOf } from "./issuer.ts";
import { claims, scopes } from "./scopes.ts";
import { grantHandlers } from "./token.ts";
import { acrs } from "./tokens.ts";

/** What some clients take the first of that they know, so the commonest comes first. */
const common = ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"] as const;
const proven = common.filter((method) => method !== "none");

/**
 * `GET /.well-known/openid-configuration` (OpenID Connect Discovery, section 3) and
 * `GET /.well-known/oauth-authorization-server` (RFC 8414, section 2): the same document.
 */
export function discovery(c: Ctx, { algorithms }: SigningKeys): Response {
  const issuer = issuerOf(c);
  return c.json({
    issuer,
    authorization_endpoint: issuer + endpoints.authorize,
    token_endpoint: issuer + endpoints.token,
    userinfo_endpoint: issuer + endpoints.userinfo,
    jwks_uri: issuer + endpoints.jwks,
    pushed_authorization_request_endpoint: issuer + endpoints.par,
    introspection_endpoint: issuer + endpoints.introspect,
    revocation_endpoint: issuer + endpoints.revoke,
    end_session_endpoint: issuer + endpoints.logout,
    response_types_supported: ["code"],
    response_modes_supported: ["query", "form_post"],
    grant_types_supported: grantHandlers.map(({ grantType }) => grantType),
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: algorithms,
    scopes_supported: scopes,
    claims_supported: [...claims, "iss", "aud", "exp", "iat", "auth_time", "acr", "amr", "sid"],
    claim_types_supported: ["normal"],
    acr_values_supported: Object.values(acrs),
    code_challenge_methods_supported: ["S256"],
    token_endpoint_auth_methods_supported: common,
    token_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
    introspection_endpoint_auth_methods_supported: proven,
    introspection_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
    revocation_endpoint_auth_methods_supported: common,
    revocation_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
    prompt_values_supported: ["none", "login", "consent", "select_account"],
    authorization_response_iss_parameter_supported: true,
    claims_parameter_supported: false,
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
    require_request_uri_registration: false,
    ui_locales_supported: langs,
  });
}

/** `GET /oauth/jwks` (RFC 7517, section 5): public halves only. */
export function jwks(c: Ctx, { publicJwks }: SigningKeys): Response {
  return c.json(publicJwks);
}

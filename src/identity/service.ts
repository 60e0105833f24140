/**
 * Another Worker of yours knows: a service binding `IDENTITY_SERVICE` whose entrypoint has
 * `authenticate(token)` and answers with `{sub, name, picture?}`, or null for nobody.
 */
import { ISSUER_TIMEOUT_MS } from "../core/limits.ts";
import { refuse } from "../core/refusal.ts";
import { userFromClaims } from "./claims.ts";
import type { IdentityAdapter } from "./identity.ts";
import { issuerUnavailable } from "./outbound.ts";

export interface IdentityService {
  authenticate(token: string): Promise<unknown>;
}

export function serviceIdentity(service: IdentityService): IdentityAdapter {
  return {
    async authenticate(token) {
      let claims: unknown;
      try {
        claims = await Promise.race([service.authenticate(token), tooLate()]);
      } catch {
        // Its message is not ours to log: it may quote the token.
        return issuerUnavailable("the service failed");
      }
      if (claims === null) return refuse("unauthenticated", { reason: "the service says nobody" });
      if (typeof claims !== "object") return issuerUnavailable("not a user");
      return userFromClaims({ ...claims });
    },
  };
}

function tooLate(): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error("no answer in time")), ISSUER_TIMEOUT_MS);
  });
}

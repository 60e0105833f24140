/**
 * Another Worker of yours knows: a service binding `IDENTITY_SERVICE` whose entrypoint has
 * `authenticate(token)` and answers with `{sub, name, picture?}`, or null for nobody.
 */
import { ISSUER_TIMEOUT_MS } from "../core/limits.ts";
import { refuse } from "../core/refusal.ts";
import { misconfigured, type Misconfigured } from "../core/settings.ts";
import { userFromClaims } from "./claims.ts";
import type { IdentityAdapter } from "./adapter.ts";
import { issuerUnavailable, unusableAnswer } from "./outbound.ts";

export interface IdentityService {
  authenticate(token: string): Promise<unknown>;
}

export interface ServiceConfig {
  readonly kind: "service";
  readonly service: IdentityService;
}

export function readService(
  given: Readonly<Record<string, unknown>>,
): ServiceConfig | Misconfigured {
  const service = given["IDENTITY_SERVICE"];
  if (service) return { kind: "service", service: service as IdentityService };
  return misconfigured("no service is bound as IDENTITY_SERVICE.");
}

export function serviceIdentity(service: IdentityService): IdentityAdapter {
  return {
    async authenticate(token) {
      let claims: unknown;
      try {
        claims = await Promise.race([service.authenticate(token), tooLate()]);
      } catch {
        // Its message is not ours to log: it may quote the token.
        return issuerUnavailable();
      }
      if (claims === null) return refuse("unauthenticated", { reason: "nobody" });
      if (typeof claims !== "object") return unusableAnswer();
      return userFromClaims({ ...claims });
    },
  };
}

function tooLate(): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error("no answer in time")), ISSUER_TIMEOUT_MS);
  });
}

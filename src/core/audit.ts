/**
 * The audit trail: one structured line for every change of a login and every refusal. Event names
 * are stable. A line never holds a ticket, key, token, password or whole uuid, so it takes only the
 * fields named here and shortens the uuid itself.
 */
import type { State } from "../login/machine.ts";
import type { Place } from "../login/proximity.ts";
import type { RefusalCode } from "./refusal.ts";
import { publicPrefix } from "../login/uuid.ts";

export type AuditEvent =
  | `login.${State}`
  | "login.credentials_failed"
  | "account.signed_in"
  | "session.signed_out"
  | "refused";

export interface AuditFields {
  readonly uuid?: string | undefined;
  readonly user?: string | undefined;
  readonly code?: RefusalCode;
  readonly reason?: string | undefined;
  readonly call?: string;
  readonly place?: Place;
}

export function audit(event: AuditEvent, fields: AuditFields): void {
  const { uuid, user, code, reason, call, place = {} } = fields;
  const { ip, city, region, country, asn } = place;
  const line = {
    audit: event,
    uuid: uuid === undefined ? undefined : publicPrefix(uuid),
    user,
    code,
    reason,
    call,
    ip,
    city,
    region,
    country,
    asn,
  };
  console.log(JSON.stringify(line));
}

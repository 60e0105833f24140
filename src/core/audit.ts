/**
 * The audit trail: one structured line for every change of a login and every refusal. Event names
 * are stable; each room names its own. A line never holds a ticket, key, token, password or whole
 * uuid, so it takes only the fields named here and shortens the uuid itself.
 */
import type { Place } from "./place.ts";
import type { RefusalCode } from "./refusal.ts";

export interface AuditFields {
  readonly uuid?: string | undefined;
  readonly user?: string | undefined;
  /** The client that asks, where it is not this deployment itself. */
  readonly site?: string | undefined;
  readonly code?: RefusalCode;
  /** A tag for alarms to match on: a refusal's, or why a login ended. */
  readonly reason?: string | undefined;
  /** What somebody else said or sent: cut short, without control characters. */
  readonly cause?: string | undefined;
  /** Method and route pattern; never the address itself, which a stranger writes. */
  readonly call?: string;
  readonly place?: Place;
}

export type AuditTrail<Event extends string> = (event: Event, fields: AuditFields) => void;

const CAUSE_MAX_CHARS = 200;
const UUID_PREFIX_CHARS = 13;

export const audit: AuditTrail<string> = (event, fields) => {
  const { uuid, user, site, code, reason, cause, call, place = {} } = fields;
  const { ip, city, region, country, asn } = place;
  const line = {
    audit: event,
    uuid: uuid === undefined ? undefined : publicPrefix(uuid),
    user,
    site,
    code,
    reason,
    cause: cause === undefined ? undefined : tame(cause),
    call,
    ip,
    city,
    region,
    country,
    asn,
  };
  console.log(JSON.stringify(line));
};

/** What a log may say of a uuid: enough to follow one login, too little to be one. */
export function publicPrefix(uuid: string): string {
  return uuid.slice(0, UUID_PREFIX_CHARS);
}

function tame(text: string): string {
  return text.slice(0, CAUSE_MAX_CHARS).replace(/\p{C}/gu, " ");
}

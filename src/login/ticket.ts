/**
 * The ticket: `base64url(sub).HMAC(uuid, sub, confirmedAt)`. A pure function of the stored login,
 * so it is never stored, a browser that reconnects gets the same one, and the edge refuses a
 * forged one without asking the object. The object sees to it that it is used only once.
 */
import { sign, verify, type Form, type Ring } from "../core/keys.ts";
import { refuse, type Refusal } from "../core/refusal.ts";

const form: Form = { bytes: 32, encoding: "base64url" };

/** @param confirmedAt milliseconds since the epoch; the wire's `time` */
export function ticketFor(ring: Ring, uuid: string, sub: string, confirmedAt: number): string {
  const signature = sign(ring, [uuid, sub, String(confirmedAt)], form);
  return `${Buffer.from(sub).toString("base64url")}.${signature}`;
}

/** @returns whom the ticket is for; or `bad_ticket` if it is forged, altered, or another login's */
export function verifyTicket(
  ring: Ring,
  uuid: string,
  ticket: string,
  confirmedAt: number,
): { readonly sub: string } | Refusal {
  const [encoded = "", signature = "", ...rest] = ticket.split(".");
  const sub = Buffer.from(encoded, "base64url").toString();
  const isCanonical = rest.length === 0 && Buffer.from(sub).toString("base64url") === encoded;
  if (!isCanonical || !verify(ring, [uuid, sub, String(confirmedAt)], form, signature)) {
    return refuse("bad_ticket");
  }
  return { sub };
}

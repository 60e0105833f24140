/**
 * The authorization code: `uuid.confirmedAt.HMAC(uuid, client, confirmedAt)`. A pure function of the
 * stored login, as the ticket is: never stored, and the edge refuses a forged one, or another
 * client's, without asking the object. That it is used only once is the object's business.
 */
import { sign, verify, type Form, type Keys } from "../../core/keys.ts";
import { refuse, type Refusal } from "../../core/refusal.ts";
import type { Rules } from "../../login/machine.ts";

type CodeKeys = Pick<Keys, "code">;

const form: Form = { bytes: 32, encoding: "base64url" };
const grantForm: Form = { bytes: 16, encoding: "base64url" };
const shape = /^([0-9a-f-]{36})\.([0-9a-z]{1,11})\.([\w-]{43})$/;

/** @param confirmedAt milliseconds since the epoch */
export function codeFor(
  { code }: CodeKeys,
  uuid: string,
  site: string,
  confirmedAt: number,
): string {
  const time = confirmedAt.toString(36);
  return [uuid, time, sign(code, [uuid, site, time], form)].join(".");
}

/** @returns whose code it is; or `bad_grant` if it is forged, another client's, or too old */
export function readCode(
  { code: ring }: CodeKeys,
  code: string,
  site: string,
  now: number,
  { redeemWithinMs, codeWithinMs }: Pick<Rules, "redeemWithinMs" | "codeWithinMs">,
): { readonly uuid: string; readonly confirmedAt: number } | Refusal {
  const [, uuid = "", time = "", signature = ""] = shape.exec(code) ?? [];
  if (!verify(ring, [uuid, site, time], form, signature)) {
    return refuse("bad_grant", { reason: "code_forged" });
  }
  const confirmedAt = Number.parseInt(time, 36);
  // Its object may be gone by then, and must not be woken for nothing.
  if (now >= confirmedAt + redeemWithinMs + codeWithinMs) {
    return refuse("bad_grant", { reason: "code_too_late" });
  }
  return { uuid, confirmedAt };
}

/** The grant that a login's code begins: found again where the code is used twice. */
export function grantIdOf({ code }: CodeKeys, uuid: string): string {
  return sign(code, ["grant", uuid], grantForm);
}

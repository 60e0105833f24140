/**
 * The refresh token: `object.grant.number.HMAC(object, grant, number)`. It says where its family
 * is, and the edge refuses a forged one without waking any object. Whether it is the newest, and
 * what else becomes of it, is the object's business.
 *
 * It is signed with the key of the same secret that named the object. So a secret can be rolled,
 * and once it is dropped, what it had named is out of reach and its tokens are void together.
 */
import { sign, verify, type Form, type Keys, type Ring } from "../core/keys.ts";
import { refuse, type Refusal } from "../core/refusal.ts";

export type UserKeys = Pick<Keys, "user" | "refresh">;

const nameForm: Form = { bytes: 16, encoding: "base64url" };
const form: Form = { bytes: 32, encoding: "base64url" };
const shape = /^([\w-]{22})\.([\w-]{1,64})\.(0|[1-9]\d{0,8})\.([\w-]{43})$/;

/** The object of a user under each key; the first is where new grants go. */
export function namesOf({ user }: UserKeys, sub: string): readonly [string, ...string[]] {
  const [current, ...previous] = user;
  const name = (key: Uint8Array) => sign([key], [sub], nameForm);
  return [name(current), ...previous.map(name)];
}

export interface RefreshToken {
  /** The name of its user's object. */
  readonly object: string;
  readonly grantId: string;
  readonly number: number;
}

/** @param ring whose first key signs */
export function refreshTokenFor(ring: Ring, { object, grantId, number }: RefreshToken): string {
  const parts = [object, grantId, String(number)];
  return [...parts, sign(ring, parts, form)].join(".");
}

/** @returns what it says, and the key that signs its successor; or `bad_grant` if it is not ours */
export function readRefreshToken(
  { refresh }: UserKeys,
  token: string,
): (RefreshToken & { readonly ring: Ring }) | Refusal<"bad_grant"> {
  const [, object = "", grantId = "", number = "", signature = ""] = shape.exec(token) ?? [];
  const key = refresh.find((it) => verify([it], [object, grantId, number], form, signature));
  if (key === undefined) return refuse("bad_grant", { reason: "refresh_forged" });
  return { object, grantId, number: Number(number), ring: [key] };
}

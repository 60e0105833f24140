/** RP-Initiated Logout (OpenID Connect RP-Initiated Logout 1.0). */
import type { JWTPayload } from "jose";
import { isRefusal, type Refusal } from "../../core/refusal.ts";
import type { SigningKeys } from "../../core/signing-keys.ts";
import type { Answer } from "../../http/answering.ts";
import type { Ctx } from "../../http/context.ts";
import { endSession, sessionOf } from "../../http/session.ts";
import { shownTo } from "../../http/shown.ts";
import { clientOf } from "../../sites/client.ts";
import { userOf } from "../../users/gateway.ts";
import { LoggedOutPage, LogoutPage } from "../../pages/logout.tsx";
import { refuseAs } from "./errors.ts";
import { fieldsOf, readFields, type Fields } from "./fields.ts";
import { issuerOf } from "./issuer.ts";
import { isRegistered, withParameters } from "./redirect-uri.ts";
import { has } from "./scopes.ts";

const known = ["id_token_hint", "client_id", "post_logout_redirect_uri", "state"] as const;

/**
 * `GET` and `POST /oauth/logout`: with a valid `id_token_hint` the grant that it was given for ends,
 * and the browser goes back to the site. Without one, or with one that is not valid, the user is
 * asked. An address that is not registered is a page, and leads nowhere.
 */
export async function logout(c: Ctx, signing: SigningKeys): Promise<Answer> {
  const fields = await fieldsOfCall(c);
  if (isRefusal(fields)) return fields;
  const { id_token_hint: hint, client_id } = fields;
  const said = hint === undefined ? undefined : await readHint(c, signing, hint);
  const clientId = said?.aud ?? client_id;
  if (said !== undefined && client_id !== undefined && client_id !== said.aud) {
    return refuseAs("invalid_request", "client_id is not the one of id_token_hint");
  }
  const onward = await onwardOf(c, fields, clientId);
  if (isRefusal(onward)) return onward;
  if (said === undefined) {
    const { id_token_hint: _, ...rest } = fields;
    const asked = { ...(rest as Record<string, string>), ...(clientId && { client_id: clientId }) };
    // Browsers hold the way on from our form to its policy.
    if (onward !== undefined) c.set("formAction", new URL(onward).origin);
    return c.html(<LogoutPage {...shownTo(c)} fields={asked} />);
  }
  const ended = await endGrant(c, said);
  if (ended) return ended;
  // Of single sign-on: or the next request would be answered as if nobody had left.
  if (await isOfSessionHere(c, said)) endSession(c);
  return leave(c, onward);
}

/** Was it this browser's session that answered, when the hint was given? */
async function isOfSessionHere(c: Ctx, { sub, authTime }: Said): Promise<boolean> {
  if (c.get("config").ssoTtlS === 0) return false;
  const session = await sessionOf(c);
  return session?.user.sub === sub && session.issuedAt === authTime;
}

/** `POST /oauth/logout/confirm`: our own page's yes ends this browser's session here. */
export async function confirmLogout(c: Ctx): Promise<Answer> {
  const fields = await readFields(c);
  if (isRefusal(fields)) return fields;
  const onward = await onwardOf(c, fields, fields["client_id"]);
  if (isRefusal(onward)) return onward;
  endSession(c);
  return leave(c, onward);
}

function leave(c: Ctx, onward: string | undefined): Response | Promise<Response> {
  if (onward !== undefined) return c.redirect(onward, 303);
  return c.html(<LoggedOutPage {...shownTo(c)} />);
}

async function fieldsOfCall(c: Ctx): Promise<Fields | Refusal> {
  if (c.req.method === "POST") return readFields(c);
  return fieldsOf(new URL(c.req.url).searchParams, known);
}

interface Said {
  readonly aud: string;
  readonly sub: string;
  readonly sid: string;
  readonly authTime: unknown;
}

/** One that is over is good enough: it says who somebody was (section 2). */
async function readHint(c: Ctx, signing: SigningKeys, hint: string): Promise<Said | undefined> {
  const expected = { typ: "JWT", issuer: issuerOf(c), now: Date.now(), evenExpired: true } as const;
  const claims: JWTPayload | Refusal = await signing.verify(hint, expected);
  if (isRefusal(claims)) return undefined;
  const { aud, sub, sid, auth_time: authTime } = claims;
  const isWhole = typeof aud === "string" && typeof sub === "string" && typeof sid === "string";
  return isWhole ? { aud, sub, sid, authTime } : undefined;
}

/** Where the browser goes on to: a registered address of the client, with the site's state. */
async function onwardOf(
  c: Ctx,
  { post_logout_redirect_uri: uri, state }: Fields,
  clientId: string | undefined,
): Promise<string | undefined | Refusal> {
  if (uri === undefined) return undefined;
  const client = clientId && (await clientOf(c.env.DB, clientId, Date.now()));
  if (isRefusal(client)) return client;
  if (!client || !isRegistered(client.postLogoutRedirectUris, uri)) {
    const more = { reason: "redirect_uri_differs", cause: uri } as const;
    return refuseAs("invalid_request", "post_logout_redirect_uri is not registered", more);
  }
  return state === undefined ? uri : withParameters(uri, { state });
}

/** What was granted for longer than a session (`offline_access`) goes on. */
async function endGrant(c: Ctx, { sub, sid }: Said): Promise<Refusal | undefined> {
  c.set("user", sub);
  const owner = userOf(c.env, c.get("config").keys, sub);
  const state = await owner.stateOf(sid);
  if (isRefusal(state)) return state.refused === "unavailable" ? state : undefined;
  return has(state.grant.scope, "offline_access") ? undefined : owner.end(sid);
}

/** The phone that is already signed in: an app with a token, or our own page in its browser. */
import { randomInt } from "node:crypto";
import { Hono } from "hono";
import * as v from "valibot";
import { audit } from "../core/audit.ts";
import { checkCredentials } from "../identity/accounts.ts";
import { issueToken } from "../identity/tokens.ts";
import { PASSWORD_MAX_CHARS, USERNAME_MAX_CHARS } from "../core/limits.ts";
import { ask, tryOnce } from "../login/gateway.ts";
import type { User } from "../core/user.ts";
import { isRefusal, refuse, titleOf, type Refusal } from "../core/refusal.ts";
import { PhoneNoticePage } from "../pages/notice.tsx";
import { PhoneSignInPage } from "../pages/phone-sign-in.tsx";
import { PhonePage } from "../pages/phone.tsx";
import type { AppEnv, Ctx } from "../http/context.ts";
import { clearCookie, writeCookie } from "../http/cookies.ts";
import { placeOf } from "../http/visitor.ts";
import { limited, overLimit } from "../http/flood.ts";
import {
  checkUuid,
  isForm,
  readForm,
  readJson,
  requiredText,
  uuidFromQuery,
} from "../http/input.ts";
import { refuseForeignOrigin, requireOwnOrigin } from "../http/origin.ts";
import { pageUser, phoneUser } from "../http/phone-user.ts";
import { resultOf } from "../faces/qrcode/result-numbers.ts";
import { logRefusal, problem, statusOf } from "../http/problem.ts";
import { shownTo } from "../http/shown.ts";

export const phoneRoutes = new Hono<AppEnv>()
  .get("/qrcode/scan", page)
  .post("/qrcode/scan", limited("SCAN_LIMIT"), scan)
  .post("/qrcode/confirm", limited("SCAN_LIMIT"), confirm)
  .post("/qrcode/cancel", limited("SCAN_LIMIT"), cancel)
  .post("/qrcode/verify", verify)
  .post("/account/token", token)
  .post("/account/forget", forget);

/** What a plain camera opens. Changes nothing: claiming takes a POST, which its script sends. */
async function page(c: Ctx): Promise<Response> {
  const shown = shownTo(c);
  const uuid = uuidFromQuery(c);
  if (isRefusal(uuid)) return noticePage(c, uuid);
  if (c.var.config.identity.kind !== "accounts") {
    return c.html(<PhoneNoticePage {...shown} kind="use_app" />);
  }
  const user = await pageUser(c);
  // Who can not be looked up right now need not sign in anew.
  if (isRefusal(user) && user.refused === "unavailable") return noticePage(c, user);
  if (isRefusal(user)) return c.html(<PhoneSignInPage {...shown} uuid={uuid} />);
  return c.html(<PhonePage {...shown} uuid={uuid} user={user} />);
}

/** A page for a phone that gets no further: mostly, as its uuid leads nowhere. */
function noticePage(c: Ctx, refusal: Refusal): Response | Promise<Response> {
  logRefusal(c, refusal);
  const { refused } = refusal;
  const kind = refused === "expired" || refused === "unavailable" ? refused : "unknown_uuid";
  return c.html(<PhoneNoticePage {...shownTo(c)} kind={kind} />, statusOf[refused]);
}

async function scan(c: Ctx): Promise<Response> {
  const caller = await callerOf(c);
  if (isRefusal(caller)) return problem(c, caller);
  const { uuid, user } = caller;
  const event = { kind: "scan", user, phone: placeOf(c) } as const;
  const view = await ask(c.env, uuid, (login) => login.asPhone(uuid, event));
  if (isRefusal(view)) return problem(c, view);
  const { version: _, ...answer } = view;
  const { origin } = new URL(c.req.url);
  return c.json({
    ...answer,
    confirm_url: `${origin}/qrcode/confirm?uuid=${uuid}`,
    cancel_url: `${origin}/qrcode/cancel?uuid=${uuid}`,
    site: shownTo(c).site,
  });
}

async function confirm(c: Ctx): Promise<Response> {
  const caller = await callerOf(c);
  if (isRefusal(caller)) return problem(c, caller);
  const { uuid, user } = caller;
  const event = { kind: "confirm", sub: user.sub, number: freshNumber() } as const;
  const view = await ask(c.env, uuid, (login) => login.asPhone(uuid, event));
  if (isRefusal(view)) return problem(c, view);
  const { state, expires_in, verify_code } = view;
  return c.json({ state, expires_in, ...(verify_code && { verify_code }) });
}

async function cancel(c: Ctx): Promise<Response> {
  const caller = await callerOf(c);
  if (isRefusal(caller)) return problem(c, caller);
  const { uuid, user } = caller;
  const event = { kind: "cancel", sub: user.sub } as const;
  const view = await ask(c.env, uuid, (login) => login.asPhone(uuid, event));
  if (isRefusal(view)) return problem(c, view);
  return c.json({ state: view.state, expires_in: view.expires_in });
}

const credentials = v.object({
  username: requiredText(USERNAME_MAX_CHARS),
  password: requiredText(PASSWORD_MAX_CHARS),
});

/** The built-in accounts' token: as JSON for apps, as the phone page's cookie for its form. */
async function token(c: Ctx): Promise<Response> {
  if (c.var.config.identity.kind !== "accounts") return problem(c, refuse("not_found"));
  if (isForm(c)) return signInPage(c);
  const foreign = refuseForeignOrigin(c) ?? (await overLimit(c, "TOKEN_LIMIT"));
  if (foreign) return problem(c, foreign);
  const body = await readJson(c, credentials);
  if (isRefusal(body)) return problem(c, body);
  const user = await checkCredentials(c.env.DB, body.username, body.password);
  if (isRefusal(user)) return problem(c, user);
  const access_token = await accountToken(c, user);
  const expires_in = c.var.config.accountTtlS;
  return c.json({ access_token, token_type: "Bearer", expires_in, user });
}

async function signInPage(c: Ctx): Promise<Response> {
  const foreign = requireOwnOrigin(c);
  if (foreign) return problem(c, foreign);
  const body = await readForm(c, v.looseObject({ uuid: requiredText(64) }));
  if (isRefusal(body)) return problem(c, body);
  const uuid = checkUuid(c, body.uuid);
  if (isRefusal(uuid)) return noticePage(c, uuid);
  const shown = shownTo(c);
  const user = (await overLimit(c, "TOKEN_LIMIT")) ?? (await checkSignIn(c, body));
  if (isRefusal(user)) {
    logRefusal(c, user);
    const { refused, retryAfterS } = user;
    const username = typeof body["username"] === "string" ? body["username"] : "";
    const wait = retryAfterS === undefined ? {} : { retryAfterS };
    return c.html(
      <PhoneSignInPage {...shown} uuid={uuid} failure={refused} username={username} {...wait} />,
      statusOf[refused],
    );
  }
  writeCookie(c, "account", await accountToken(c, user), c.var.config.accountTtlS);
  return c.redirect(`/qrcode/scan?uuid=${uuid}`, 303);
}

async function checkSignIn(c: Ctx, body: unknown) {
  const given = v.safeParse(credentials, body);
  if (!given.success) {
    const isEmpty = given.issues.some(
      ({ type, input }) => type === "non_empty" || input === undefined,
    );
    return refuse(isEmpty ? "missing_field" : "bad_credentials", {
      reason: "credentials_unusable",
    });
  }
  return checkCredentials(c.env.DB, given.output.username, given.output.password);
}

/** The phone page's "use another account". */
async function forget(c: Ctx): Promise<Response> {
  const foreign = requireOwnOrigin(c);
  if (foreign) return problem(c, foreign);
  const body = await readForm(c, v.object({ uuid: requiredText(64) }));
  if (isRefusal(body)) return problem(c, body);
  const uuid = checkUuid(c, body.uuid);
  clearCookie(c, "account");
  return c.redirect(isRefusal(uuid) ? "/" : `/qrcode/scan?uuid=${uuid}`, 303);
}

const verification = v.object({
  UUID: requiredText(64),
  UserName: requiredText(USERNAME_MAX_CHARS),
  Password: requiredText(PASSWORD_MAX_CHARS),
  Platform: requiredText(64),
  ConnectionId: v.optional(v.nullable(v.string())),
});

/** Scan and confirm in one call, for apps that send credentials along with the uuid. */
async function verify(c: Ctx): Promise<Response> {
  if (c.var.config.identity.kind !== "accounts") return problem(c, refuse("not_found"));
  const done = await scanAndConfirm(c);
  if (isRefusal(done)) {
    logRefusal(c, done);
    if (done.retryAfterS !== undefined) c.header("Retry-After", String(done.retryAfterS));
    return c.json({
      Result: resultOf[done.refused],
      Message: done.detail ?? titleOf(done.refused),
    });
  }
  const { verify_code } = done;
  if (verify_code === undefined) return c.json({ Result: 0, Message: "Signed in." });
  return c.json({
    Result: 0,
    Message: `Enter ${verify_code} in the browser.`,
    VerifyCode: verify_code,
  });
}

async function scanAndConfirm(c: Ctx) {
  const refusal = refuseForeignOrigin(c) ?? (await overLimit(c, "VERIFY_LIMIT"));
  if (refusal) return refusal;
  const body = await readJson(c, verification);
  if (isRefusal(body)) return body;
  const uuid = checkUuid(c, body.UUID);
  if (isRefusal(uuid)) return uuid;
  const user = await checkCredentials(c.env.DB, body.UserName, body.Password);
  if (isRefusal(user)) {
    // Counted, but what became of it is not told: only who has signed in may know of the login.
    if (user.refused === "bad_credentials") await tryOnce(c.env, uuid, (login) => login.fail(uuid));
    return user;
  }
  const scanning = { kind: "scan", user, phone: placeOf(c) } as const;
  const confirming = { kind: "confirm", sub: user.sub, number: freshNumber() } as const;
  return ask(c.env, uuid, (login) => login.asPhone(uuid, scanning, confirming));
}

async function callerOf(c: Ctx): Promise<{ uuid: string; user: User } | Refusal> {
  const uuid = uuidFromQuery(c);
  if (isRefusal(uuid)) return uuid;
  const user = await phoneUser(c);
  return isRefusal(user) ? user : { uuid, user };
}

function accountToken(c: Ctx, user: User): Promise<string> {
  audit("account.signed_in", { user: user.sub, place: placeOf(c) });
  const { keys, accountTtlS } = c.var.config;
  return issueToken(keys.account, user, accountTtlS, Date.now());
}

/** Three digits: read at a glance, and one guess in a thousand, of which there is one. */
function freshNumber(): string {
  return String(randomInt(1000)).padStart(3, "0");
}

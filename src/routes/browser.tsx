/** The browser that wants to be signed in: the page, its code, its socket, its session. */
import { Hono } from "hono";
import * as v from "valibot";
import { audit } from "../core/audit.ts";
import { isLoopback } from "../core/hosts.ts";
import { issueToken, readToken, type Token } from "../identity/tokens.ts";
import { BODY_MAX_BYTES, POLL_AFTER_S } from "../core/limits.ts";
import { mintBrowserKey, verifyBrowserKey } from "../login/browser-key.ts";
import { ask, tryOnce } from "../login/gateway.ts";
import { isRefusal, refuse, type Refusal } from "../core/refusal.ts";
import { verifyTicket } from "../login/ticket.ts";
import { isUuid, mintUuid } from "../login/uuid.ts";
import type { BrowserView, PhoneView } from "../login/view.ts";
import { HomePage } from "../pages/home.tsx";
import { LoginPage } from "../pages/login.tsx";
import { PhoneNoticePage } from "../pages/notice.tsx";
import { qrOf, svgOf } from "../pages/qr.ts";
import type { AppEnv, Ctx } from "../http/context.ts";
import { clearCookie, pruneLoginCookies, readCookie, writeCookie } from "../http/cookies.ts";
import { browserOf, placeOf } from "../http/visitor.ts";
import { limited, overLimit } from "../http/flood.ts";
import {
  checkUuid,
  isForm,
  readForm,
  readJson,
  requiredText,
  uuidFromQuery,
} from "../http/input.ts";
import { requireOwnOrigin } from "../http/origin.ts";
import { isPhoneApp, phoneUser } from "../http/phone-user.ts";
import { logRefusal, problem } from "../http/problem.ts";
import { safeReturnTo } from "../http/return-to.ts";
import { shownTo } from "../http/shown.ts";

export const browserRoutes = new Hono<AppEnv>()
  .get("/", home)
  .get("/qrcode/get", limited("MINT_LIMIT"), getCode)
  .get("/qrcode/ws", openSocket)
  .get("/qrcode/check", check)
  .post("/login/verify", limited("REDEEM_LIMIT"), matchNumber)
  .post("/login/qrcode", limited("REDEEM_LIMIT"), redeem)
  .get("/me", me)
  .post("/logout", logout);

async function home(c: Ctx): Promise<Response> {
  const url = new URL(c.req.url);
  const shown = shownTo(c);
  const returnTo = safeReturnTo(c.req.query("return_to"), url.origin);
  const session = await sessionOf(c);
  if (session) {
    if (returnTo !== "/") return c.redirect(returnTo, 303);
    const sinceS = Math.floor(Date.now() / 1000) - session.issuedAt;
    return c.html(<HomePage {...shown} user={session.user} sinceS={sinceS} />);
  }
  const flooded = await overLimit(c, "MINT_LIMIT");
  if (flooded) {
    logRefusal(c, flooded);
    return c.html(<PhoneNoticePage {...shown} kind="rate_limited" />, 429);
  }
  const { uuid, content } = mint(c);
  // The style is on its way before the page is read (RFC 8297, Early Hints).
  c.header("Link", "</style.css>; rel=preload; as=style");
  return c.html(
    <LoginPage
      {...shown}
      uuid={uuid}
      qr={qrOf(content)}
      expiresInS={c.var.config.scanWithinS}
      returnTo={returnTo}
      {...(isLoopback(url.hostname) && { elsewhereUrl: content })}
    />,
  );
}

function getCode(c: Ctx): Response {
  // The cookie of the code that this one replaces has done its duty.
  const ended = c.req.query("instead_of") ?? "";
  if (isUuid(ended)) clearCookie(c, `login-${ended}`);
  const { uuid, content } = mint(c);
  const minted = { uuid, qrcode: content, expires_in: c.var.config.scanWithinS };
  // Drawing is most of what a mint costs: only for who asks for it.
  return c.json(c.req.query("svg") === "1" ? { ...minted, svg: svgOf(qrOf(content)) } : minted);
}

/** Stores nothing: the uuid and the cookie vouch for themselves. */
function mint(c: Ctx): { uuid: string; content: string } {
  const { keys, loginMaxAgeS } = c.var.config;
  const uuid = mintUuid(keys.uuid, Date.now());
  pruneLoginCookies(c);
  writeCookie(c, `login-${uuid}`, mintBrowserKey(keys.browser, uuid), loginMaxAgeS);
  return { uuid, content: `${new URL(c.req.url).origin}/qrcode/scan?uuid=${uuid}` };
}

/** Attaches the browser, or lets the claiming phone watch. */
async function openSocket(c: Ctx): Promise<Response> {
  if (c.req.header("Upgrade")?.toLowerCase() !== "websocket") {
    return problem(c, refuse("upgrade_required"));
  }
  const watcher = await watcherOf(c);
  if (isRefusal(watcher)) return problem(c, watcher);
  const { uuid, event } = watcher;
  const query = new URLSearchParams({ uuid, event: JSON.stringify(event) });
  const answer = await ask(c.env, uuid, (login) =>
    login.fetch(`https://login/?${query.toString()}`, { headers: { Upgrade: "websocket" } }),
  );
  if (isRefusal(answer)) return problem(c, answer);
  const { webSocket } = answer;
  if (webSocket === null) return problem(c, await answer.json<Refusal>());
  return new Response(null, { status: 101, webSocket });
}

/** The same once, for networks that break sockets. */
async function check(c: Ctx): Promise<Response> {
  const watcher = await watcherOf(c);
  if (isRefusal(watcher)) return problem(c, watcher);
  const { uuid, event } = watcher;
  const view = await ask<BrowserView | PhoneView | Refusal>(c.env, uuid, (login) =>
    event.kind === "attach" ? login.asBrowser(uuid, event) : login.asPhone(uuid, event),
  );
  if (isRefusal(view)) return problem(c, view);
  const poll_after = view.state === "pending" ? POLL_AFTER_S.pending : POLL_AFTER_S.other;
  return c.json({ ...view, poll_after });
}

/** Who wants to hear of a login: its browser by browser key, or its phone by token. */
async function watcherOf(c: Ctx) {
  const uuid = uuidFromQuery(c);
  if (isRefusal(uuid)) return uuid;
  if (isPhoneApp(c) || c.req.query("as") === "phone") {
    const user = (await overLimit(c, "SCAN_LIMIT")) ?? (await phoneUser(c));
    return isRefusal(user) ? user : { uuid, event: { kind: "watch", sub: user.sub } as const };
  }
  const foreign = c.req.header("Upgrade") === undefined ? undefined : requireOwnOrigin(c);
  if (foreign) return foreign;
  const key = browserKeyOf(c, uuid);
  if (isRefusal(key)) return key;
  // By login, not by address: a whole office may be polling, each browser for a uuid of its own.
  // After its key, so that who merely saw the code can not use this up.
  const flooded = await overLimit(c, "WATCH_LIMIT", uuid);
  if (flooded) return flooded;
  return { uuid, event: { kind: "attach", owner: key.owner, browser: browserOf(c) } as const };
}

const entry = v.object({ uuid: requiredText(64), code: requiredText(16) });

/** Initiation verification: the number that the phone shows, entered where the login began. */
async function matchNumber(c: Ctx): Promise<Response> {
  const foreign = requireOwnOrigin(c);
  if (foreign) return problem(c, foreign);
  const body = await readJson(c, entry);
  if (isRefusal(body)) return problem(c, body);
  const uuid = checkUuid(c, body.uuid);
  if (isRefusal(uuid)) return problem(c, uuid);
  const key = browserKeyOf(c, uuid);
  if (isRefusal(key)) return problem(c, key);
  const event = { kind: "enter", owner: key.owner, number: body.code } as const;
  const view = await ask(c.env, uuid, (login) => login.asBrowser(uuid, event));
  return isRefusal(view) ? problem(c, view) : c.json(view);
}

const redemption = v.object({
  uuid: requiredText(64),
  ticket: requiredText(BODY_MAX_BYTES),
  time: v.pipe(v.number(), v.integer()),
  return_to: v.optional(v.string()),
  /** Made up by the browser, once per login: with it, a redemption whose answer was lost can be repeated. */
  attempt: v.optional(requiredText(64)),
});
/** A form has only text; the rest is the same. */
const redemptionForm = v.object({
  ...redemption.entries,
  time: v.pipe(requiredText(16), v.transform(Number), v.integer()),
});

/** Every check that can fail comes before the ticket is used up. */
async function redeem(c: Ctx): Promise<Response> {
  const foreign = requireOwnOrigin(c);
  if (foreign) return problem(c, foreign);
  const body = await (isForm(c) ? readForm(c, redemptionForm) : readJson(c, redemption));
  if (isRefusal(body)) return problem(c, body);
  const uuid = checkUuid(c, body.uuid);
  if (isRefusal(uuid)) return problem(c, uuid);
  const key = browserKeyOf(c, uuid);
  if (isRefusal(key)) return problem(c, key);
  const { keys, sessionTtlS } = c.var.config;
  const ticket = verifyTicket(keys.ticket, uuid, body.ticket, body.time);
  if (isRefusal(ticket)) return problem(c, ticket);

  const event = {
    kind: "redeem",
    owner: key.owner,
    sub: ticket.sub,
    confirmedAt: body.time,
    ...(body.attempt !== undefined && { attempt: body.attempt }),
  } as const;
  const send = body.attempt === undefined ? tryOnce : ask;
  const user = await send(c.env, uuid, (login) => login.redeem(uuid, event));
  if (isRefusal(user)) return problem(c, user);
  const session = await issueToken(keys.session, user, sessionTtlS, Date.now());
  writeCookie(c, "session", session, sessionTtlS);
  clearCookie(c, `login-${uuid}`);
  const returnTo = safeReturnTo(body.return_to, new URL(c.req.url).origin);
  return isForm(c) ? c.redirect(returnTo, 303) : c.json({ return_to: returnTo });
}

async function me(c: Ctx): Promise<Response> {
  const session = await sessionOf(c);
  if (session === undefined) return problem(c, refuse("unauthenticated"));
  const nowS = Math.floor(Date.now() / 1000);
  const { user, issuedAt, expiresAt } = session;
  return c.json({ user, since_s: nowS - issuedAt, expires_in: expiresAt - nowS });
}

function logout(c: Ctx): Response {
  const foreign = requireOwnOrigin(c);
  if (foreign) return problem(c, foreign);
  clearCookie(c, "session");
  audit("session.signed_out", { place: placeOf(c) });
  return isForm(c) ? c.redirect("/", 303) : c.json({});
}

async function sessionOf(c: Ctx): Promise<Token | undefined> {
  const cookie = readCookie(c, "session");
  return cookie === undefined
    ? undefined
    : readToken(c.var.config.keys.session, cookie, Date.now());
}

function browserKeyOf(c: Ctx, uuid: string) {
  return verifyBrowserKey(c.var.config.keys.browser, uuid, readCookie(c, `login-${uuid}`));
}

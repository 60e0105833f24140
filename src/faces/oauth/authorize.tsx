import { isLoopback } from "../../core/hosts.ts";
import { isRefusal } from "../../core/refusal.ts";
import type { SigningKeys } from "../../core/signing-keys.ts";
import { tell, type Answer } from "../../http/answering.ts";
import type { Ctx } from "../../http/context.ts";
import { hasAccounts } from "../../http/phone-user.ts";
import { appNameOf, shownTo } from "../../http/shown.ts";
import { mintLogin } from "../../http/waiting-browser.ts";
import { digestOf } from "../../login/browser-key.ts";
import { LoginPage } from "../../pages/login.tsx";
import { qrOf } from "../../pages/qr.ts";
import { allowForm, toldToSite } from "./answer.tsx";
import { refuseAs } from "./errors.ts";
import { readFields } from "./fields.ts";
import { endpoints } from "./issuer.ts";
import { beginPushed, expandPushed } from "./pushed.ts";
import { answerBySession, answeringSession } from "./single-sign-on.ts";
import { readSiteRequest, type SiteRequest } from "./site-request.ts";

/**
 * `GET /oauth/authorize`: the login page for a site, or a fault; or at once its answer, where single
 * sign-on is set up and a session may give it. Every scan is a login of its own, so whatever
 * `prompt` and `max_age` may ask of an older one is met by it.
 */
export async function authorize(c: Ctx, signing: SigningKeys): Promise<Answer> {
  const expanded = expandPushed(c, new URL(c.req.url).searchParams);
  if (isRefusal(expanded)) return expanded;
  const request = await readSiteRequest(c, expanded.query);
  if (isRefusal(request)) return request;
  if ("refusal" in request) return tell(c, request.refusal, toldToSite(request.to));
  const session = await answeringSession(c, signing, request);
  if (session) return answerBySession(c, request, session, expanded.uuid);
  if (!request.wishes.isSilent) return loginPage(c, request, expanded.uuid);
  const refusal = refuseAs("login_required", "nobody is signed in without a scan");
  return tell(c, refusal, toldToSite(request.to));
}

/** `POST /oauth/authorize`: goes on as GET, so that the page can be loaded again. */
export async function authorizeByPost(c: Ctx): Promise<Answer> {
  const fields = await readFields(c);
  if (isRefusal(fields)) return fields;
  const query = new URLSearchParams(fields as Record<string, string>);
  return c.redirect(`${endpoints.authorize}?${query.toString()}`, 303);
}

/** @param pushed the uuid of the one login that a pushed request may begin */
async function loginPage(c: Ctx, { client, to, canonical }: SiteRequest, pushed?: string) {
  const audience = { site: client.id, digest: digestOf(canonical) };
  const login =
    pushed === undefined
      ? { ...mintLogin(c, audience), expiresInS: c.get("config").scanWithinS }
      : await beginPushed(c, pushed, audience);
  if (isRefusal(login)) {
    const isOurs = login.refused === "unavailable" || login.refused === "rate_limited";
    return isOurs ? login : tell(c, login, toldToSite(to));
  }
  const { uuid, content, expiresInS } = login;
  const { hostname } = new URL(c.req.url);
  allowForm(c, to);
  // The style is on its way before the page is read (RFC 8297, Early Hints).
  c.header("Link", "</style.css>; rel=preload; as=style");
  return c.html(
    <LoginPage
      {...shownTo(c)}
      uuid={uuid}
      qr={qrOf(content)}
      expiresInS={expiresInS}
      returnTo="/"
      app={hasAccounts(c) ? undefined : appNameOf(c)}
      client={{ name: client.name, request: canonical }}
      {...(isLoopback(hostname) && { elsewhereUrl: content })}
    />,
  );
}

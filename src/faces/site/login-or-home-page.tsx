import { isLoopback } from "../../core/hosts.ts";
import type { Answer } from "../../http/answering.ts";
import type { Ctx } from "../../http/context.ts";
import { overLimit } from "../../http/flood.ts";
import { hasAccounts } from "../../http/phone-user.ts";
import { safeReturnTo } from "../../http/return-to.ts";
import { sessionOf } from "../../http/session.ts";
import { appNameOf, shownTo } from "../../http/shown.ts";
import { mintLogin } from "../../http/waiting-browser.ts";
import { HomePage } from "../../pages/home.tsx";
import { LoginPage } from "../../pages/login.tsx";
import { qrOf } from "../../pages/qr.ts";

/** `GET /`: the home page of a browser that is signed in, else the login page with its code. */
export async function loginOrHomePage(c: Ctx): Promise<Answer> {
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
  if (flooded) return flooded;
  const { uuid, content } = mintLogin(c);
  // The style is on its way before the page is read (RFC 8297, Early Hints).
  c.header("Link", "</style.css>; rel=preload; as=style");
  return c.html(
    <LoginPage
      {...shown}
      uuid={uuid}
      qr={qrOf(content)}
      expiresInS={c.get("config").scanWithinS}
      returnTo={returnTo}
      app={hasAccounts(c) ? undefined : appNameOf(c)}
      {...(isLoopback(url.hostname) && { elsewhereUrl: content })}
    />,
  );
}

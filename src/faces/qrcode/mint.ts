import { isRefusal, refuse } from "../../core/refusal.ts";
import type { Answer } from "../../http/answering.ts";
import type { Ctx } from "../../http/context.ts";
import { clearCookie } from "../../http/cookies.ts";
import { isFromOwnPage } from "../../http/origin.ts";
import { browserKeyOf, mintLogin } from "../../http/waiting-browser.ts";
import { isUuid } from "../../login/uuid.ts";
import type { Minted } from "../../login/view.ts";
import { qrOf, svgOf } from "../../pages/qr.ts";

/**
 * `GET /qrcode/get`: `{uuid, qrcode, expires_in}` and the browser's key; with `svg=1` also `svg`. A
 * code `instead_of` another is for whom that one was. With `for_site=1` it must have been a site's:
 * where that key is gone, `not_your_browser`, and the page begins anew.
 */
export function mintCode(c: Ctx): Answer {
  const audience = audienceOfEnded(c, c.req.query("instead_of") ?? "");
  if (audience === undefined && c.req.query("for_site") === "1") {
    return refuse("not_your_browser", { reason: "browser_key_missing" });
  }
  const { uuid, content } = mintLogin(c, audience);
  const minted: Minted = { uuid, qrcode: content, expires_in: c.get("config").scanWithinS };
  // Drawing is most of what a mint costs, and some callers draw the code themselves.
  return c.json(c.req.query("svg") === "1" ? { ...minted, svg: svgOf(qrOf(content)) } : minted);
}

/** The key of the code that is replaced has then done its duty, if it is our own page that says so. */
function audienceOfEnded(c: Ctx, ended: string) {
  if (!isUuid(ended)) return undefined;
  const key = browserKeyOf(c, ended);
  if (isFromOwnPage(c)) clearCookie(c, `login-${ended}`);
  return isRefusal(key) ? undefined : key.audience;
}

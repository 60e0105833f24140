import type { Ctx } from "../../http/context.ts";
import { clearCookie } from "../../http/cookies.ts";
import { isFromOwnPage } from "../../http/origin.ts";
import { mintLogin } from "../../http/waiting-browser.ts";
import { isUuid } from "../../login/uuid.ts";
import type { Minted } from "../../login/view.ts";
import { qrOf, svgOf } from "../../pages/qr.ts";

/** `GET /qrcode/get`: `{uuid, qrcode, expires_in}` and the browser's key; with `svg=1` also `svg`. */
export function mintCode(c: Ctx): Response {
  // The key of the code that this one replaces has done its duty, if it is our own page that says so.
  const ended = c.req.query("instead_of") ?? "";
  if (isUuid(ended) && isFromOwnPage(c)) clearCookie(c, `login-${ended}`);
  const { uuid, content } = mintLogin(c);
  const minted: Minted = { uuid, qrcode: content, expires_in: c.get("config").scanWithinS };
  // Drawing is most of what a mint costs, and some callers draw the code themselves.
  return c.json(c.req.query("svg") === "1" ? { ...minted, svg: svgOf(qrOf(content)) } : minted);
}

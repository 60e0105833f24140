import { pathFor } from "../../core/paths.ts";
import { isRefusal } from "../../core/refusal.ts";
import type { Answer } from "../../http/answering.ts";
import type { Ctx } from "../../http/context.ts";
import { uuidFromQuery } from "../../http/input.ts";
import { hasAccounts, pageUser } from "../../http/phone-user.ts";
import { appNameOf, shownTo } from "../../http/shown.ts";
import { NoticePage } from "../../pages/notice.tsx";
import { PhoneSignInPage } from "../../pages/phone-sign-in.tsx";
import { PhonePage } from "../../pages/phone.tsx";
import { claimsByItself } from "./claims-by-itself.ts";

/** In `APP_URL`: the scanned address. */
const PLACE = "{url}";

/**
 * `GET /qrcode/scan`: what a plain camera opens. Changes nothing: claiming takes a POST, which the
 * page's script sends.
 */
export async function phonePage(c: Ctx): Promise<Answer> {
  const uuid = uuidFromQuery(c);
  if (isRefusal(uuid)) return uuid;
  if (!hasAccounts(c)) return useApp(c, uuid);
  const shown = shownTo(c);
  const user = await pageUser(c);
  // A user who cannot be looked up right now need not sign in anew.
  if (isRefusal(user) && user.refused === "unavailable") return user;
  if (isRefusal(user)) return c.html(<PhoneSignInPage {...shown} uuid={uuid} />);
  const claims = claimsByItself({
    site: c.req.header("Sec-Fetch-Site"),
    mode: c.req.header("Sec-Fetch-Mode"),
    dest: c.req.header("Sec-Fetch-Dest"),
    userAgent: c.req.header("User-Agent"),
  });
  return c.html(<PhonePage {...shown} uuid={uuid} user={user} claims={claims} />);
}

/** Who is on this phone only the site's own app knows; it may be handed the code right away. */
function useApp(c: Ctx, uuid: string): Response | Promise<Response> {
  const { appUrl } = c.get("config");
  const scanned = new URL(pathFor("scan", uuid), c.req.url).href;
  const url = appUrl?.replaceAll(PLACE, encodeURIComponent(scanned));
  const kind = appUrl?.includes(PLACE) ? "open_app" : "use_app";
  return c.html(<NoticePage {...shownTo(c)} kind={kind} app={{ name: appNameOf(c), url }} />);
}

import { isRefusal } from "../../core/refusal.ts";
import type { Answer } from "../../http/answering.ts";
import type { Ctx } from "../../http/context.ts";
import { uuidFromQuery } from "../../http/input.ts";
import { hasAccounts, pageUser } from "../../http/phone-user.ts";
import { shownTo } from "../../http/shown.ts";
import { PhoneNoticePage } from "../../pages/notice.tsx";
import { PhoneSignInPage } from "../../pages/phone-sign-in.tsx";
import { PhonePage } from "../../pages/phone.tsx";

/**
 * `GET /qrcode/scan`: what a plain camera opens. Changes nothing: claiming takes a POST, which the
 * page's script sends.
 */
export async function phonePage(c: Ctx): Promise<Answer> {
  const shown = shownTo(c);
  const uuid = uuidFromQuery(c);
  if (isRefusal(uuid)) return uuid;
  if (!hasAccounts(c)) return c.html(<PhoneNoticePage {...shown} kind="use_app" />);
  const user = await pageUser(c);
  // A user who cannot be looked up right now need not sign in anew.
  if (isRefusal(user) && user.refused === "unavailable") return user;
  if (isRefusal(user)) return c.html(<PhoneSignInPage {...shown} uuid={uuid} />);
  return c.html(<PhonePage {...shown} uuid={uuid} user={user} />);
}

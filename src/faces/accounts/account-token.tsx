import * as v from "valibot";
import { audit } from "../../core/audit.ts";
import { PASSWORD_MAX_CHARS, USERNAME_MAX_CHARS } from "../../core/limits.ts";
import { pathFor } from "../../core/paths.ts";
import { isRefusal, refuse } from "../../core/refusal.ts";
import type { User } from "../../core/user.ts";
import { tell, type Answer } from "../../http/answering.ts";
import type { Ctx } from "../../http/context.ts";
import { writeCookie } from "../../http/cookies.ts";
import { checkUuid, isForm, readForm, readJson, requiredText } from "../../http/input.ts";
import { noticePage } from "../../http/notice-page.tsx";
import { checkPassword } from "../../http/password-check.ts";
import { statusOf } from "../../http/problem.ts";
import { shownTo } from "../../http/shown.ts";
import { placeOf } from "../../http/visitor.ts";
import { issueToken } from "../../identity/tokens.ts";
import { PhoneSignInPage } from "../../pages/phone-sign-in.tsx";

const credentials = v.object({
  username: requiredText(USERNAME_MAX_CHARS),
  password: requiredText(PASSWORD_MAX_CHARS),
});

/** `POST /account/token`: as JSON for apps, as the phone page's cookie for its form. */
export function issueAccountToken(c: Ctx): Promise<Answer> {
  return isForm(c) ? signInOnPage(c) : signInByApp(c);
}

async function signInByApp(c: Ctx): Promise<Answer> {
  const body = await readJson(c, credentials);
  if (isRefusal(body)) return body;
  const user = await checkPassword(c, body.username, body.password);
  if (isRefusal(user)) return user;
  const access_token = await accountToken(c, user);
  const expires_in = c.get("config").accountTtlS;
  const { sub, name, avatar } = user;
  const shown = { sub, name, ...(avatar !== undefined && { avatar }) };
  return c.json({ access_token, token_type: "Bearer", expires_in, user: shown });
}

/** A form that fails is shown again, with a word on what was wrong. */
async function signInOnPage(c: Ctx): Promise<Answer> {
  const body = await readForm(c, v.looseObject({ uuid: requiredText(64) }));
  if (isRefusal(body)) return body;
  const uuid = checkUuid(c, body.uuid);
  if (isRefusal(uuid)) return tell(c, uuid, noticePage);
  const user = await checkSignIn(c, body);
  if (isRefusal(user)) {
    const { refused, retryAfterS } = user;
    if (retryAfterS !== undefined) c.header("Retry-After", String(retryAfterS));
    const username = typeof body["username"] === "string" ? body["username"] : "";
    const page = (
      <PhoneSignInPage
        {...shownTo(c)}
        uuid={uuid}
        failure={refused}
        username={username}
        retryAfterS={retryAfterS}
      />
    );
    return tell(c, user, () => c.html(page, statusOf[refused]));
  }
  writeCookie(c, "account", await accountToken(c, user), c.get("config").accountTtlS);
  return c.redirect(pathFor("scan", uuid), 303);
}

async function checkSignIn(c: Ctx, body: unknown) {
  const given = v.safeParse(credentials, body);
  if (given.success) {
    return checkPassword(c, given.output.username, given.output.password);
  }
  const isEmpty = given.issues.some(
    ({ type, input }) => type === "non_empty" || input === undefined,
  );
  return refuse(isEmpty ? "missing_field" : "bad_credentials", { reason: "credentials_unusable" });
}

function accountToken(c: Ctx, user: User): Promise<string> {
  audit("account.signed_in", { user: user.sub, place: placeOf(c) });
  const { keys, accountTtlS } = c.get("config");
  return issueToken(keys.account, user, accountTtlS, Date.now());
}

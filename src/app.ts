/** The Worker as a table of contents: each face's own index has its routes. */
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { BODY_MAX_BYTES, RETRY_AFTER_S } from "./core/limits.ts";
import { refuse } from "./core/refusal.ts";
import { accounts } from "./faces/accounts/index.ts";
import { oauth } from "./faces/oauth/index.ts";
import { qrcode } from "./faces/qrcode/index.ts";
import { site } from "./faces/site/index.ts";
import { tell } from "./http/answering.ts";
import type { AppEnv } from "./http/context.ts";
import { register } from "./http/face.ts";
import { configured, noStore, nothingHere, secured } from "./http/front.ts";
import { pageOrProblem } from "./http/notice-page.tsx";
import { problem } from "./http/problem.ts";

const app = new Hono<AppEnv>();

const tooLarge = refuse("too_large");
app.use(secured, noStore, configured);
app.use(bodyLimit({ maxSize: BODY_MAX_BYTES, onError: (c) => tell(c, tooLarge, problem) }));

register(app, site); // /, /me, /logout: the login page, the home page, the way out
register(app, qrcode); // /qrcode/*, /login/*: one login, from its code to its ticket
register(app, accounts); // /account/*: signing a phone in, where the accounts are our own
register(app, oauth); // /oauth/*, /.well-known/*: other sites' logins, as an OpenID Provider

app.notFound((c) => nothingHere(c, app.routes));
app.onError((error, c) => {
  // Expected refusals are values; what ends here is a bug or the platform's.
  console.error(error);
  return tell(c, refuse("internal", { retryAfterS: RETRY_AFTER_S }), pageOrProblem);
});

export default app;

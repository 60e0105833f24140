/** The Worker as a table of contents. */
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { BODY_MAX_BYTES, RETRY_AFTER_S } from "./core/limits.ts";
import { refuse } from "./core/refusal.ts";
import { browserRoutes } from "./routes/browser.tsx";
import type { AppEnv } from "./http/context.ts";
import { configured, noStore, nothingHere, secured } from "./http/front.ts";
import { phoneRoutes } from "./routes/phone.tsx";
import { problem } from "./http/problem.ts";

const app = new Hono<AppEnv>();

app.use(secured, noStore, configured);
app.use(bodyLimit({ maxSize: BODY_MAX_BYTES, onError: (c) => problem(c, refuse("too_large")) }));
app.route("/", browserRoutes);
app.route("/", phoneRoutes);
app.notFound((c) => nothingHere(c, app.routes));
app.onError((error, c) => {
  // Expected refusals are values; what ends here is a bug or the platform's.
  console.error(error);
  return problem(c, refuse("internal", { retryAfterS: RETRY_AFTER_S }));
});

export default app;

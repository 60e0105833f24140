/** Listening to one login: as the browser that waits for it, or as the phone that claimed it. */
import { POLL_AFTER_S } from "../../core/limits.ts";
import { isRefusal, refuse } from "../../core/refusal.ts";
import type { Answer } from "../../http/answering.ts";
import { overAttachLimit } from "../../http/attach-limit.ts";
import type { Ctx } from "../../http/context.ts";
import { overLimit } from "../../http/flood.ts";
import { uuidFromQuery } from "../../http/input.ts";
import { phoneUser, sendsToken } from "../../http/phone-user.ts";
import { browserOf } from "../../http/visitor.ts";
import { browserKeyOf, askingSite } from "../../http/waiting-browser.ts";
import { loginOf } from "../../login/gateway.ts";
import type { Checked } from "../../login/view.ts";

/** `GET /qrcode/ws`: a socket with the view now and after each change. */
export async function watch(c: Ctx): Promise<Answer> {
  if (c.req.header("Upgrade")?.toLowerCase() !== "websocket") return refuse("upgrade_required");
  const watcher = await watcherOf(c);
  if (isRefusal(watcher)) return watcher;
  const webSocket = await loginOf(c.env, watcher.uuid).listen(watcher.event);
  if (isRefusal(webSocket)) return webSocket;
  return new Response(null, { status: 101, webSocket });
}

/** `GET /qrcode/check`: the same view once, and when to look again, for networks that break sockets. */
export async function checkOnce(c: Ctx): Promise<Answer> {
  const watcher = await watcherOf(c);
  if (isRefusal(watcher)) return watcher;
  const { uuid, event } = watcher;
  const login = loginOf(c.env, uuid);
  const view = await (event.kind === "attach" ? login.asBrowser(event) : login.asPhone(event));
  if (isRefusal(view)) return view;
  const poll_after = view.state === "pending" ? POLL_AFTER_S.pending : POLL_AFTER_S.other;
  return c.json({ ...view, poll_after } satisfies Checked<typeof view>);
}

/** The browser by its key, which attaches it; or the phone by its user. */
async function watcherOf(c: Ctx) {
  const uuid = uuidFromQuery(c);
  if (isRefusal(uuid)) return uuid;
  if (sendsToken(c) || c.req.query("as") === "phone") {
    const user = (await overLimit(c, "SCAN_LIMIT")) ?? (await phoneUser(c));
    return isRefusal(user) ? user : { uuid, event: { kind: "watch", sub: user.sub } as const };
  }
  const key = browserKeyOf(c, uuid);
  if (isRefusal(key)) return key;
  // Counted per login, because a whole office can share one address. Counted after the key check,
  // so that someone who only saw the code cannot use up the owner's allowance.
  const flooded = (await overLimit(c, "WATCH_LIMIT", uuid)) ?? (await overAttachLimit(c, uuid));
  if (flooded) return flooded;
  const site = await askingSite(c, key);
  if (isRefusal(site)) return site;
  const { owner } = key;
  const attach = { kind: "attach", owner, browser: browserOf(c), ...(site && { site }) } as const;
  return { uuid, event: attach };
}

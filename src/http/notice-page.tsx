/** A refusal as a page, for somebody who opened an address and gets no further. */
import type { RefusalCode } from "../core/refusal.ts";
import { NoticePage, type Notice } from "../pages/notice.tsx";
import type { Wire } from "./answering.ts";
import type { Ctx } from "./context.ts";
import { problem, statusOf } from "./problem.ts";
import { shownTo } from "./shown.ts";

const notices: Partial<Record<RefusalCode, Notice>> = {
  expired: "expired",
  unavailable: "unavailable",
  rate_limited: "rate_limited",
  not_found: "not_found",
  method_not_allowed: "not_found",
  internal: "failed",
};

export const noticePage: Wire = (c, { refused, retryAfterS }) => {
  // Whatever else was refused, the user holds a code that leads nowhere.
  const kind = notices[refused] ?? "unknown_uuid";
  if (retryAfterS !== undefined) c.header("Retry-After", String(retryAfterS));
  return c.html(<NoticePage {...shownTo(c)} kind={kind} />, statusOf[refused]);
};

/** Where nobody knows who asks: a page for people, a problem for programs. */
export const pageOrProblem: Wire = (c, refusal) =>
  wantsPage(c) ? noticePage(c, refusal) : problem(c, refusal);

/** Browsers name HTML when they are led to an address; scripts and apps name JSON, or anything. */
function wantsPage(c: Ctx): boolean {
  return /\btext\/html\b/i.test(c.req.header("Accept") ?? "");
}

import type { Wire } from "../../http/answering.ts";
import { statusOf } from "../../http/problem.ts";
import { shownTo } from "../../http/shown.ts";
import { NoticePage } from "../../pages/notice.tsx";

/** A refusal as a page: where no site can be told, or may be (RFC 6749, section 4.1.2.1). */
export const faultPage: Wire = (c, { refused }) => {
  const kind = refused === "unavailable" || refused === "rate_limited" ? refused : "bad_request";
  return c.html(<NoticePage {...shownTo(c)} kind={kind} />, statusOf[refused]);
};

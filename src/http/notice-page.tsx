/** A refusal as a page, for somebody who opened an address and gets no further. */
import { PhoneNoticePage } from "../pages/notice.tsx";
import type { Wire } from "./answering.ts";
import { statusOf } from "./problem.ts";
import { shownTo } from "./shown.ts";

export const noticePage: Wire = (c, { refused }) => {
  const isSaid = refused === "expired" || refused === "unavailable" || refused === "rate_limited";
  // Whatever else it is, the code leads nowhere.
  const kind = isSaid ? refused : "unknown_uuid";
  return c.html(<PhoneNoticePage {...shownTo(c)} kind={kind} />, statusOf[refused]);
};

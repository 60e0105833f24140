/** One login by QR code: the browser that waits for it, and the phone that scans it. */
import { paths } from "../../core/paths.ts";

import { get, post, type Face } from "../../http/face.ts";
import { noticePage } from "../../http/notice-page.tsx";
import { own, ownForSockets, ownIfSent, ownUnlessToken } from "../../http/origin.ts";
import { hasAccounts } from "../../http/phone-user.ts";
import { problem } from "../../http/problem.ts";
import { cancel, confirm, scan } from "./decide.ts";
import { matchNumber } from "./match-number.ts";
import { mintCode } from "./mint.ts";
import { scanAndConfirmWithPassword } from "./password-in-one-call.ts";
import { phonePage } from "./phone-page.tsx";
import { redeem } from "./redeem.ts";
import { resultNumber } from "./result-numbers.ts";
import { checkOnce, watch } from "./watch.ts";

const byPhone = { origin: ownUnlessToken, flood: "SCAN_LIMIT" } as const;
const byBrowser = { origin: own, flood: "REDEEM_LIMIT" } as const;
const byPassword = { where: hasAccounts, origin: ownIfSent } as const;

export const qrcode: Face = {
  refusedAs: problem,
  routes: [
    get("/qrcode/get", { flood: "MINT_LIMIT" }, mintCode),
    // Floods are counted inside: a phone's by address, a browser's by login.
    get("/qrcode/ws", { origin: ownForSockets }, watch),
    get("/qrcode/check", { origin: ownIfSent }, checkOnce),
    get(paths.scan, { refusedAs: noticePage }, phonePage),
    post(paths.scan, byPhone, scan),
    post(paths.confirm, byPhone, confirm),
    post(paths.cancel, byPhone, cancel),
    post("/qrcode/verify", { ...byPassword, refusedAs: resultNumber }, scanAndConfirmWithPassword),
    post("/login/verify", byBrowser, matchNumber),
    post(paths.redeem, byBrowser, redeem),
  ],
};

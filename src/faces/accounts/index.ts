/** The built-in accounts: signing a phone in with a password, as an app or on its web page. */
import { post, type Face } from "../../http/face.ts";
import { own, ownForForms } from "../../http/origin.ts";
import { hasAccounts } from "../../http/phone-user.ts";
import { problem } from "../../http/problem.ts";
import { forgetAccount } from "./forget.ts";
import { issueAccountToken } from "./account-token.tsx";

export const accounts: Face = {
  refusedAs: problem,
  routes: [
    post("/account/token", { where: hasAccounts, origin: ownForForms }, issueAccountToken),
    post("/account/forget", { origin: own }, forgetAccount),
  ],
};

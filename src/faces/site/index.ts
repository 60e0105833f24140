/** The browser's own pages on this site: the way in, who is signed in, the way out. */
import { get, post, type Face } from "../../http/face.ts";
import { noticePage } from "../../http/notice-page.tsx";
import { own } from "../../http/origin.ts";
import { problem } from "../../http/problem.ts";
import { loginOrHomePage } from "./login-or-home-page.tsx";
import { logout } from "./logout.ts";
import { whoAmI } from "./who-am-i.ts";

export const site: Face = {
  refusedAs: problem,
  routes: [
    // Floods are counted inside: only a page with a new code counts.
    get("/", { refusedAs: noticePage }, loginOrHomePage),
    get("/me", {}, whoAmI),
    post("/logout", { origin: own }, logout),
  ],
};

/** The demo site's one page: who came, and a way in or out. */
import type { IncomingMessage } from "node:http";
import { AuthorizationResponseError } from "openid-client";

const languages = {
  en: {
    title: "Demo site",
    nobody: "Nobody is signed in.",
    hello: "Hello, {name}",
    signIn: "Sign in by scan",
    signOut: "Sign out",
    denied: "Sign-in was declined on the phone.",
    failed: "Sign-in did not work. Please try again.",
  },
  zh: {
    title: "演示网站",
    nobody: "尚未登录。",
    hello: "{name}，您好",
    signIn: "扫码登录",
    signOut: "退出登录",
    denied: "您已在手机上拒绝登录。",
    failed: "登录未能完成，请重试。",
  },
} as const;

type Words = (typeof languages)["en" | "zh"];

interface Shown {
  readonly user?: Readonly<Record<string, unknown>>;
  readonly error?: unknown;
}

export function pageFor({ headers }: IncomingMessage, { user, error }: Shown): string {
  const words = /^zh/i.test(headers["accept-language"] ?? "") ? languages.zh : languages.en;
  const claims = Object.entries(user ?? {}).map(
    ([claim, value]) => `<dt>${text(claim)}</dt><dd>${text(value)}</dd>`,
  );
  const next = user
    ? `<form method="post" action="/sign-out"><button>${words.signOut}</button></form>`
    : `<p><a href="/sign-in">${words.signIn}</a></p>`;
  return `<!doctype html>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${words.title}</title>
<style>
:root { color-scheme: light dark; --accent: light-dark(#1d4ed8, #93b4ff) }
body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 38rem; margin: 12vh auto; padding: 0 1rem }
img { width: 6rem; height: 6rem; border-radius: 50% }
dl { display: grid; grid-template-columns: auto 1fr; gap: 0.25rem 1.5rem; overflow-wrap: anywhere }
dt { opacity: 0.7 }
dd { margin: 0 }
a, button { display: inline-block; margin-top: 1rem; border: 0; border-radius: 0.5rem; padding: 0.6rem 1.2rem;
  background: var(--accent); color: Canvas; font: inherit; font-weight: 600; text-decoration: none; cursor: pointer }
</style>
<h1>${words.title}</h1>
${user?.["picture"] === undefined ? "" : `<img src="${text(user["picture"])}" alt="">`}
<p>${text(error === undefined ? greeting(words, user) : faultOf(words, error))}</p>
<dl>${claims.join("")}</dl>
${next}
`;
}

function greeting({ hello, nobody }: Words, user: Shown["user"]): string {
  return user ? hello.replace("{name}", () => String(user["name"] ?? user["sub"])) : nobody;
}

function faultOf({ denied, failed }: Words, error: unknown): string {
  const isDenied = error instanceof AuthorizationResponseError && error.error === "access_denied";
  return isDenied ? denied : failed;
}

/** What comes from outside is text, never HTML. */
function text(value: unknown): string {
  return String(value).replace(/[&<>"']/g, (it) => `&#${it.charCodeAt(0)};`);
}

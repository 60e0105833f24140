/** What holds for every request, before and after its route. */
import type { Hono, MiddlewareHandler } from "hono";
import { secureHeaders } from "hono/secure-headers";
import { configOf } from "../config.ts";
import { isLocalNetwork } from "../core/hosts.ts";
import { refuse } from "../core/refusal.ts";
import { tell } from "./answering.ts";
import type { AppEnv, Ctx } from "./context.ts";
import { pageOrProblem } from "./notice-page.tsx";
import { problem } from "./problem.ts";

const strict: Parameters<typeof secureHeaders>[0] = {
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'", "https:"],
    connectSrc: ["'self'"],
    formAction: ["'self'"],
    baseUri: ["'none'"],
    frameAncestors: ["'none'"],
  },
  permissionsPolicy: {
    camera: [],
    geolocation: [],
    microphone: [],
    payment: [],
    usb: [],
  },
  crossOriginOpenerPolicy: "same-origin",
  crossOriginResourcePolicy: "same-origin",
  // Not "no-referrer": with that, browsers send `Origin: null` along with our own forms.
  referrerPolicy: "same-origin",
  xFrameOptions: "DENY",
};

const overHttps = secureHeaders({
  ...strict,
  strictTransportSecurity: "max-age=31536000; includeSubDomains",
});
const overHttp = secureHeaders({ ...strict, strictTransportSecurity: false });

/** Strict headers; and plain http only at addresses where no deployment can be. */
export const secured: MiddlewareHandler<AppEnv> = async (c, next) => {
  const url = new URL(c.req.url);
  const isHttps = url.protocol === "https:";
  if (isHttps || isLocalNetwork(url.hostname)) {
    await (isHttps ? overHttps : overHttp)(c, next);
    return loosen(c);
  }
  if (c.req.method !== "GET")
    return tell(c, refuse("bad_request", { detail: "use https" }), problem);
  url.protocol = "https:";
  return c.redirect(url.href, 308);
};

/** What a face, or one of its pages, has asked for by name. */
function loosen(c: Ctx): void {
  const { headers } = c.res;
  for (const [name, value] of Object.entries(c.get("headers") ?? {})) headers.set(name, value);
  const formAction = c.get("formAction");
  if (formAction === undefined) return;
  const policy = headers.get("Content-Security-Policy") ?? "";
  const own = "form-action 'self'";
  headers.set("Content-Security-Policy", policy.replace(own, `${own} ${formAction}`));
}

export const noStore: MiddlewareHandler<AppEnv> = async (c, next) => {
  await next();
  // Not `c.header`, which makes the finished response anew.
  c.res.headers.set("Cache-Control", "no-store");
};

/** Without a usable configuration nothing runs, and the answer says what to do about it. */
export const configured: MiddlewareHandler<AppEnv> = async (c, next) => {
  const config = configOf(c.env);
  if ("misconfigured" in config) {
    console.error(`scan-login is not configured: ${config.misconfigured}`);
    return tell(c, refuse("unavailable", { detail: config.misconfigured }), problem);
  }
  c.set("config", config);
  return next();
};

/** 405 with `Allow` where another method would do (RFC 9110, section 15.5.6), else 404. */
export async function nothingHere(c: Ctx, routes: Hono<AppEnv>["routes"]): Promise<Response> {
  const methods = routes
    .filter(({ path, method }) => path === c.req.path && method !== "ALL")
    .map(({ method }) => method);
  if (methods.length === 0) return tell(c, refuse("not_found"), pageOrProblem);
  const response = await tell(c, refuse("method_not_allowed"), pageOrProblem);
  response.headers.set("Allow", [...new Set(methods)].join(", "));
  return response;
}

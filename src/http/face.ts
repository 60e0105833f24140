/**
 * A face is a table of routes. `register` is the one thing that puts routes into the app, and holds
 * each to the rules in its row, so no handler has to remember them. The order is always the same:
 * is it there at all, where does the call come from, does it come too often, then the handler.
 */
import type { Hono } from "hono";
import { isRefusal, refuse, type Refusal } from "../core/refusal.ts";
import { tell, type Handler, type Wire } from "./answering.ts";
import type { AppEnv, Ctx } from "./context.ts";
import { overLimit, type Limit } from "./flood.ts";
import type { OriginRule } from "./origin.ts";
import { pageOrProblem } from "./notice-page.tsx";

export interface Rules {
  /** Where the call may come from. A read may do without: nobody else's page can see the answer. */
  readonly origin?: OriginRule;
  /** How often one address may call. Handlers that count otherwise call `overLimit` themselves. */
  readonly flood?: Limit;
  /** Where this is false, there is nothing at the address. */
  readonly where?: (c: Ctx) => boolean;
  /**
   * Pages of other origins may call, never with a cookie (CORS). Who may read the answer: pages of
   * any origin; or those that the handler finds registered, and names in a header of its own.
   */
  readonly cors?: "any" | "registered";
  /** In place of the strict ones, by name. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How this call words a refusal, if not as its face does. */
  readonly refusedAs?: Wire;
}

/** Everything but GET (and the HEAD that comes with it) changes something. */
export type WriteRules = Rules & { readonly origin: OriginRule };

export type Route = { readonly path: string; readonly handler: Handler } & (
  | { readonly method: "GET"; readonly rules: Rules }
  | { readonly method: "POST"; readonly rules: WriteRules }
);

export interface Face {
  readonly refusedAs: Wire;
  /** Of each of its answers, in place of the strict ones, by name. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly routes: readonly Route[];
}

export function get(path: string, rules: Rules, handler: Handler): Route {
  return { method: "GET", path, rules, handler };
}

export function post(path: string, rules: WriteRules, handler: Handler): Route {
  return { method: "POST", path, rules, handler };
}

/** The answering functions that stand behind an origin rule. */
const guarded = new WeakSet<object>();

/** @throws at start, if the app has then a route that `routeFaults` finds */
export function register(app: Hono<AppEnv>, face: Face): void {
  for (const { method, path, rules, handler } of face.routes) {
    const answer = underRules(rules, handler, face);
    if (rules.origin) guarded.add(answer);
    app.on(method, path, answer);
  }
  const open = face.routes.filter(({ rules }) => rules.cors).map(({ path }) => path);
  for (const path of new Set(open)) app.on("OPTIONS", path, preflight);
  const [fault] = routeFaults(app.routes);
  if (fault !== undefined) throw new Error(fault);
}

/** @returns a sentence for each write without an origin rule, and for each route that is there twice */
export function routeFaults(routes: Hono<AppEnv>["routes"]): string[] {
  const faults: string[] = [];
  const seen = new Set<string>();
  for (const { method, path, handler } of routes) {
    // Middleware, which `app.use` puts in front of every route.
    if (method === "ALL" && path === "/*") continue;
    const call = `${method} ${path}`;
    if (method !== "GET" && !guarded.has(handler)) faults.push(`${call} has no origin rule`);
    if (seen.has(call)) faults.push(`${call} is there twice`);
    seen.add(call);
  }
  return faults;
}

const crossOrigin = { "Access-Control-Allow-Origin": "*" } as const;

/** The same for every page: what may be sent is not a secret (Fetch standard, CORS protocol). */
function preflight(c: Ctx): Response {
  c.set("headers", {
    ...crossOrigin,
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "Authorization, Content-Type",
    "Access-Control-Max-Age": "86400",
  });
  return c.body(null, 204);
}
guarded.add(preflight);

function underRules(rules: Rules, handler: Handler, face: Face) {
  const { where, refusedAs = face.refusedAs } = rules;
  const headers = { ...face.headers, ...rules.headers, ...(rules.cors === "any" && crossOrigin) };
  return async (c: Ctx): Promise<Response> => {
    c.set("headers", headers);
    if (where?.(c) === false) return tell(c, refuse("not_found"), pageOrProblem);
    const answer = (await refusalBy(rules, c)) ?? (await handler(c));
    return isRefusal(answer) ? tell(c, answer, refusedAs) : answer;
  };
}

/** Origin first: a foreign page must not use up what its visitor's address is allowed. */
async function refusalBy({ origin, flood }: Rules, c: Ctx): Promise<Refusal | undefined> {
  return origin?.(c) ?? (flood && (await overLimit(c, flood)));
}

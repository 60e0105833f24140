/** Every route of the app, whichever face it belongs to, and what `register` makes sure of. */
import { exports } from "cloudflare:workers";
import { Hono } from "hono";
import { afterEach, expect, test, vi } from "vitest";
import app from "../../src/app.ts";
import type { AppEnv } from "../../src/http/context.ts";
import { post, register, routeFaults, type Face, type WriteRules } from "../../src/http/face.ts";
import { own } from "../../src/http/origin.ts";
import { problem } from "../../src/http/problem.ts";
import { Browser, ORIGIN } from "../support/worker/parties.ts";

const hello = () => new Response("hello");
const writes = app.routes.filter(({ method }) => method !== "GET" && method !== "ALL");

/** What sites' servers and pages call, with a proof of their own and no cookie. */
const forSites = new Set([
  "POST /oauth/authorize",
  "POST /oauth/par",
  "POST /oauth/token",
  "POST /oauth/userinfo",
  "POST /oauth/introspect",
  "POST /oauth/revoke",
  "POST /oauth/logout",
]);
const isForSites = ({ method, path }: { method: string; path: string }) =>
  method === "OPTIONS" || forSites.has(`${method} ${path}`);
const ours = writes.filter((it) => !isForSites(it));

afterEach(() => {
  vi.restoreAllMocks();
});

test("9 login CSRF: every write of the app has an origin rule, and no method and path is there twice", () => {
  expect(writes.length).toBeGreaterThan(5);
  expect(routeFaults(app.routes)).toEqual([]);
});

test.each(ours)(
  "9 login CSRF: $method $path refuses a foreign page, and logs it once",
  async (it) => {
    const lines = vi.spyOn(console, "log").mockReturnValue(undefined);
    for (const Origin of ["https://evil.example", "null"]) {
      await new Browser().fetch(it.path, { method: it.method, headers: { Origin } });
    }
    const [first, second, ...more] = lines.mock.calls.map(([line]) => JSON.parse(line as string));
    const refused = { audit: "refused", code: "foreign_origin", call: `${it.method} ${it.path}` };
    expect([first, second]).toEqual([
      expect.objectContaining(refused),
      expect.objectContaining(refused),
    ]);
    expect(more).toEqual([]);
  },
);

test.each(writes.filter(isForSites))(
  "9 login CSRF: $method $path may be called by every page, so no cookie of ours counts or is set",
  async ({ method, path }) => {
    const answers = [];
    for (const more of [{}, { Cookie: "__Host-account=any; __Host-session=any" }]) {
      const headers = { Origin: "https://evil.example", ...more };
      const body = method === "POST" ? new URLSearchParams({ token: "x" }) : null;
      const response = await exports.default.fetch(ORIGIN + path, { method, headers, body });
      expect(response.headers.getSetCookie()).toEqual([]);
      answers.push([response.status, await response.text()]);
    }
    expect(answers[1]).toEqual(answers[0]);
  },
);

test("only what no cookie counts for may be called by other pages", () => {
  const cors = app.routes.filter(({ method }) => method === "OPTIONS").map(({ path }) => path);
  expect(cors.sort()).toEqual([
    "/.well-known/oauth-authorization-server",
    "/.well-known/openid-configuration",
    "/oauth/jwks",
    "/oauth/par",
    "/oauth/revoke",
    "/oauth/token",
    "/oauth/userinfo",
  ]);
});

test.each(ours.filter(({ path }) => path !== "/qrcode/verify"))(
  "9 login CSRF: $method $path refuses our cookies and forms without an origin",
  async ({ method, path }) => {
    const headers = { Cookie: "__Host-account=any; __Host-session=any" };
    const body = new URLSearchParams({ username: "ada", password: "x" });
    const response = await exports.default.fetch(ORIGIN + path, { method, headers, body });
    expect(await response.json()).toMatchObject({ code: "foreign_origin" });
  },
);

test("a write that nobody registered is found among the routes", () => {
  const careless = new Hono<AppEnv>().get("/read", hello).post("/hello", hello);
  careless.all("/any", hello);
  expect(routeFaults(careless.routes)).toEqual([
    "POST /hello has no origin rule",
    "ALL /any has no origin rule",
  ]);
});

test("a face whose write has no origin rule does not start", () => {
  const rules = {} as WriteRules;
  const careless: Face = { refusedAs: problem, routes: [post("/hello", rules, hello)] };
  expect(() => register(new Hono(), careless)).toThrow("POST /hello has no origin rule");
});

test("a write without an origin rule does not compile", () => {
  // @ts-expect-error the rule is missing
  expect(post("/hello", { flood: "SCAN_LIMIT" }, hello).path).toBe("/hello");
});

test("two faces that answer at the same method and path do not start", () => {
  const face: Face = { refusedAs: problem, routes: [post("/hello", { origin: own }, hello)] };
  const careful = new Hono<AppEnv>();
  register(careful, face);
  expect(() => register(careful, face)).toThrow("POST /hello is there twice");
});

/**
 * Generated hostility: requests nobody thought of, in any order, at a login in any state. A failure
 * prints fast-check's seed.
 */
import { listDurableObjectIds, runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { State } from "../../src/login/machine.ts";
import { refusalCodes } from "../../src/core/refusal.ts";
import { states } from "../support/states.ts";
import { wireOf } from "../support/wire.ts";
import { addClient, type TestClient } from "../support/worker/clients.ts";
import { keptIn } from "../support/worker/stages.ts";
import { Browser, newPhone, ORIGIN, Phone } from "../support/worker/parties.ts";
import { basic } from "../support/worker/site-login.ts";

const RUNS = 680;
const REQUESTS_PER_RUN = 15;

type Situation = "unattached" | State;
const situations: readonly Situation[] = ["unattached", ...states];

let victim: Phone;
let mallory: Phone;
let clientId: string;
/** A client of the stranger's own, who so gets behind the first check of what sites call. */
let malloryClient: TestClient;
let cases = 0;
/** What each of the provider's endpoints was heard to say. */
const heard = new Map<string, Set<string>>();

beforeAll(async () => {
  victim = await newPhone();
  mallory = await newPhone();
  ({ id: clientId } = await addClient());
  malloryClient = await addClient({
    scope: "openid offline_access",
    grants: ["authorization_code", "refresh_token"],
  });
});
afterAll(() => {
  console.log(`generated cases: ${cases}`);
});

/** At another address each time, or its own good behaviour would run into a limit. */
const victimsPhone = () => new Phone(victim.token);

/** What a stranger can get hold of: public things, things of their own, and things made up. */
interface Loot {
  readonly uuid: string;
  readonly ownUuid: string;
  readonly ownCookie: string;
  readonly clientId: string;
}

/** A function, as the tables below are built before these are defined. */
function siteNames() {
  return [
    "client_id",
    "client_secret",
    "client_assertion",
    "client_assertion_type",
    "redirect_uri",
    "request",
    "request_uri",
    "state",
    "code",
    "code_verifier",
    "code_challenge",
    "code_challenge_method",
    "refresh_token",
    "access_token",
    "token",
    "id_token_hint",
    "post_logout_redirect_uri",
    "ui_locales",
    "lang",
  ] as const;
}

async function loginIn(situation: Situation): Promise<{ owner: Browser; uuid: string }> {
  const owner = new Browser();
  const { uuid } = await owner.mint();
  if (situation === "unattached") return { owner, uuid };
  const stub = env.LOGIN.getByName(uuid);
  if (situation === "verifying") {
    await runInDurableObject(stub, (object) => {
      (object as unknown as { env: object }).env = { ...env, VERIFY: "always" };
    });
  }
  await owner.check(uuid);
  if (situation === "expired") {
    await runInDurableObject(stub, (_, state) => {
      state.storage.kv.put("login", JSON.stringify({ ...keptIn(state), deadline: 0 }));
    });
    await owner.check(uuid);
    return { owner, uuid };
  }
  if (situation === "pending") return { owner, uuid };
  const phone = victimsPhone();
  await phone.scan(uuid);
  if (situation === "scanned") return { owner, uuid };
  if (situation === "cancelled") {
    await phone.cancel(uuid);
    return { owner, uuid };
  }
  await phone.confirm(uuid);
  if (situation === "redeemed") await owner.redeem(uuid, await owner.view(uuid));
  return { owner, uuid };
}

const paths = [
  "/",
  "/qrcode/get",
  "/qrcode/ws",
  "/qrcode/check",
  "/login/qrcode",
  "/login/verify",
  "/me",
  "/logout",
  "/qrcode/scan",
  "/qrcode/confirm",
  "/qrcode/cancel",
  "/account/token",
  "/account/forget",
  "/qrcode/verify",
  "/.well-known/openid-configuration",
  "/.well-known/oauth-authorization-server",
  "/oauth/jwks",
  "/oauth/authorize",
  "/oauth/redeem",
  "/oauth/par",
  "/oauth/token",
  "/oauth/userinfo",
  "/oauth/introspect",
  "/oauth/revoke",
  "/oauth/logout",
  "/oauth/logout/confirm",
  "/qrcode/nothing",
  "//qrcode/scan",
  "/QRCODE/SCAN",
  "/qrcode/scan/",
];

const junk = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.constantFrom("", "null", "0", "__proto__", "%00", "%ff%fe", "../..", "<script>", "'--"),
  fc.uuid(),
);

const uuidParam = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom("uuid", "ownUuid") },
  { weight: 2, arbitrary: junk.map((it) => `=${it}`) },
);

const oddQuery = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: uuidParam.map((of) => ["uuid", of] as const) },
    { weight: 1, arbitrary: fc.constant(["as", "=phone"] as const) },
    {
      weight: 1,
      arbitrary: fc.tuple(
        fc.constantFrom("svg", "return_to", "instead_of", "for_site", "x"),
        junk.map((it) => `=${it}`),
      ),
    },
  ),
  { maxLength: 3 },
);

/** A token as a stranger would make it: of no key, of a public one, or of one that it brings along. */
function forgedToken(header: object): string {
  const claims = { iss: ORIGIN, aud: ORIGIN, sub: "ada", client_id: "demo", scope: "openid" };
  const parts = [
    { typ: "at+jwt", ...header },
    { ...claims, exp: 4e9, grant_id: "g", jti: "j" },
  ];
  const encoded = parts.map((it) => Buffer.from(JSON.stringify(it)).toString("base64url"));
  return `${encoded.join(".")}.${"A".repeat(43)}`;
}

const forged = fc
  .constantFrom(
    { alg: "none" },
    { alg: "HS256" },
    { alg: "RS256", kid: "../../etc/passwd" },
    { alg: "RS256", kid: "__proto__" },
    { alg: "RS256", jku: "https://evil.example/jwks" },
    { alg: "RS256", x5u: "https://evil.example/cert", jwk: { kty: "oct", k: "AA" } },
  )
  .map(forgedToken);

/** What a site's request may say; the client is a real one, and anybody may know its id. */
const siteField = fc.oneof(
  { weight: 4, arbitrary: fc.constant(["client_id", "clientId"] as const) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      ...[
        "https://acme.example/cb",
        "https://acme.example/cb",
        "https://acme.example/cb/",
        "https://acme.example:443/cb",
        "https://user@acme.example/cb",
        "https://[::1]/cb",
        "https://evil.example/",
      ].map((uri) => ["redirect_uri", `=${uri}`] as const),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      ["response_type", "=code"] as const,
      ["scope", "=openid"] as const,
      ["prompt", "=none"] as const,
      ["response_mode", "=form_post"] as const,
      ["request", "=eyJhbGciOiJub25lIn0.e30."] as const,
      ["grant_type", "=authorization_code"] as const,
      ["grant_type", "=refresh_token"] as const,
      ["max_age", "=0"] as const,
      ["id_token_hint", `=${forgedToken({ alg: "none" })}`] as const,
      ["request_uri", "=urn:ietf:params:oauth:request_uri:x"] as const,
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(
      fc.constantFrom(
        "token",
        "access_token",
        "refresh_token",
        "id_token_hint",
        "client_assertion",
      ),
      forged.map((it) => `=${it}`),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constant([
      "client_assertion_type",
      "=urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    ] as const),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(
      fc.constantFrom(...siteNames()),
      junk.map((it) => `=${it}`),
    ),
  },
);
const siteQuery = fc.array(siteField, { minLength: 1, maxLength: 8 });
/** Mostly the right place, so that what lies behind the first check is reached as well. */
const query = fc.oneof(
  { weight: 3, arbitrary: fc.constant([["uuid", "uuid"] as const]) },
  { weight: 1, arbitrary: fc.constant([["uuid", "ownUuid"] as const]) },
  { weight: 2, arbitrary: oddQuery },
  { weight: 3, arbitrary: siteQuery },
);

const bodyField = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom("uuid", "ownUuid", "clientId") },
  { weight: 2, arbitrary: fc.anything({ maxDepth: 2, withNullPrototype: false }) },
  { weight: 1, arbitrary: junk },
);
const names = [
  "uuid",
  "ticket",
  "time",
  "return_to",
  "code",
  "username",
  "password",
  "UUID",
  "UserName",
  "Password",
  "Platform",
  "ConnectionId",
  ...siteNames(),
];
const jsonBody = fc.dictionary(fc.oneof(fc.constantFrom(...names), junk), bodyField, {
  maxKeys: 8,
});

const body = fc.oneof(
  { weight: 5, arbitrary: jsonBody.map((fields) => ({ kind: "json", fields }) as const) },
  { weight: 3, arbitrary: jsonBody.map((fields) => ({ kind: "form", fields }) as const) },
  { weight: 5, arbitrary: siteQuery.map((fields) => ({ kind: "site", fields }) as const) },
  {
    weight: 1,
    arbitrary: fc
      .uint8Array({ maxLength: 200 })
      .map((bytes) => ({ kind: "bytes", bytes }) as const),
  },
  {
    weight: 1,
    arbitrary: fc
      .integer({ min: 4000, max: 9000 })
      .map((length) => ({ kind: "long", length }) as const),
  },
  { weight: 1, arbitrary: fc.json().map((json) => ({ kind: "text", text: json }) as const) },
);

const headers = fc.record(
  {
    Origin: fc.constantFrom(
      ORIGIN,
      "https://evil.example",
      "null",
      "",
      "https://login.example.evil.example",
    ),
    Authorization: fc.oneof(
      fc.constant("mallory"),
      fc.constant("client"),
      fc.constantFrom("mallory", "Bearer ", "Basic YTpi", "Bearer eyJhbGciOiJub25lIn0.e30."),
      forged.map((it) => `Bearer ${it}`),
      fc.base64String({ maxLength: 80 }).map((it) => `Bearer ${it}`),
    ),
    Cookie: fc.oneof(
      fc.constantFrom("own", "own-as-theirs", "=;;=", `__Host-session=${"x".repeat(3000)}`),
      fc.base64String({ maxLength: 60 }).map((it) => `__Host-account=${it}`),
    ),
    "Content-Type": fc.constantFrom(
      "application/json",
      "application/x-www-form-urlencoded",
      "text/plain",
      "multipart/form-data",
      ";",
      "application/json; charset=utf-16",
    ),
    Upgrade: fc.constantFrom("websocket", "h2c", "WebSocket"),
    "Accept-Language": fc.constantFrom("zh-CN,zh;q=0.9", "*;q=0", ",,;;q=x", "en-GB"),
    "User-Agent": fc.constantFrom(
      "",
      "<script>alert(1)</script>",
      "Mozilla/5.0 (X11; Linux) Chrome/150",
    ),
    "X-Forwarded-Proto": fc.constantFrom("http"),
    Range: fc.constantFrom("bytes=0-1"),
  },
  { requiredKeys: [] },
);

const address = fc.integer({ min: 1, max: 200 });

const anything = fc.record({
  method: fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom("GET", "POST") },
    { weight: 1, arbitrary: fc.constantFrom("PUT", "DELETE", "PATCH", "OPTIONS", "HEAD") },
  ),
  path: fc.constantFrom(...paths),
  query,
  headers,
  body,
  address,
});

/** What is in order but for a few fields, so that what lies behind the first checks is reached. */
function inOrderBut(path: string, ...fields: readonly (readonly [string, string])[]) {
  const odd = fc.array(siteField, { maxLength: 2 });
  const isByUser = path === "/oauth/authorize" || path === "/oauth/logout";
  return fc.record({
    method: fc.constantFrom("POST", isByUser ? "GET" : "POST"),
    path: fc.constant(path),
    query: isByUser ? odd.map((more) => [...fields, ...more]) : fc.constant([]),
    headers: fc.constantFrom(isByUser ? {} : { Authorization: "client" }),
    body: odd.map((more) => ({ kind: "site", fields: [...fields, ...more] }) as const),
    address,
  });
}

const back = ["redirect_uri", "=https://acme.example/cb"] as const;
const asked = [back, ["response_type", "=code"], ["scope", "=openid"]] as const;
const request = fc.oneof(
  { weight: 4, arbitrary: anything },
  {
    weight: 1,
    arbitrary: fc.oneof(
      inOrderBut("/oauth/par", ...asked),
      inOrderBut("/oauth/token", ["grant_type", "=authorization_code"], ["code", "=x"], back),
      inOrderBut("/oauth/token", ["grant_type", "=refresh_token"], ["refresh_token", "=x"]),
      inOrderBut("/oauth/introspect", ["token", `=${forgedToken({ alg: "HS256" })}`]),
      inOrderBut("/oauth/revoke", ["token", `=${forgedToken({ alg: "none" })}`]),
      inOrderBut("/oauth/userinfo", ["access_token", `=${forgedToken({ alg: "RS256" })}`]),
      inOrderBut("/oauth/authorize", ["client_id", "clientId"], ...asked),
      inOrderBut("/oauth/logout", ["id_token_hint", `=${forgedToken({ alg: "none" })}`]),
    ),
  },
);
type Hostile = typeof request extends fc.Arbitrary<infer T> ? T : never;

function named(value: unknown, loot: Loot): unknown {
  if (value === "uuid" || value === "ownUuid" || value === "clientId") return loot[value];
  return value;
}

function toRequest(hostile: Hostile, loot: Loot): Request {
  const url = new URL(ORIGIN + hostile.path.replace(/^\/\//, "/%2F"));
  for (const [name, value] of hostile.query) {
    url.searchParams.append(
      name,
      value.startsWith("=") ? value.slice(1) : String(named(value, loot)),
    );
  }
  const sent = new Headers();
  for (const [name, value] of Object.entries(hostile.headers)) {
    // The runtime turns whatever asks for an upgrade into a GET.
    if (name === "Upgrade" && hostile.path !== "/qrcode/ws") continue;
    if (name === "Authorization" && value === "mallory") sent.set(name, `Bearer ${mallory.token}`);
    else if (name === "Authorization" && value === "client") {
      sent.set(name, basic(malloryClient)["Authorization"] ?? "");
    } else if (name === "Cookie" && value === "own")
      sent.set(name, `__Host-login-${loot.ownUuid}=${loot.ownCookie}`);
    else if (name === "Cookie" && value === "own-as-theirs") {
      sent.set(name, `__Host-login-${loot.uuid}=${loot.ownCookie}`);
    } else sent.set(name, value ?? "");
  }
  // Passwords cost real work: all of those come from one address, and so soon run into its limit.
  const costly = hostile.path === "/account/token" || hostile.path === "/qrcode/verify";
  sent.set("CF-Connecting-IP", costly ? "203.0.113.250" : `198.51.100.${hostile.address}`);
  const isForm = hostile.body.kind === "form" || hostile.body.kind === "site";
  if (isForm && !sent.has("Content-Type")) {
    sent.set("Content-Type", "application/x-www-form-urlencoded");
  }
  const mayHaveBody = hostile.method !== "GET" && hostile.method !== "HEAD";
  return new Request(url, {
    method: hostile.method,
    headers: sent,
    redirect: "manual",
    ...(mayHaveBody && { body: toBody(hostile.body, loot) }),
  });
}

function toBody(given: Hostile["body"], loot: Loot): BodyInit {
  switch (given.kind) {
    case "json":
      return JSON.stringify(given.fields, (_, value: unknown) =>
        typeof value === "bigint" ? String(value) : named(value, loot),
      );
    case "form":
      return new URLSearchParams(
        Object.entries(given.fields).map(([name, value]) => [name, text(named(value, loot))]),
      ).toString();
    case "site":
      return new URLSearchParams(
        given.fields.map(([name, value]) => [
          name,
          value.startsWith("=") ? value.slice(1) : String(named(value, loot)),
        ]),
      ).toString();
    case "bytes":
      return new Uint8Array(given.bytes);
    case "long":
      return `{"uuid":"${"x".repeat(given.length)}"}`;
    case "text":
      return given.text;
  }
}

function text(value: unknown): string {
  try {
    return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  } catch {
    return "";
  }
}

async function expectContractShape(response: Response, path: string): Promise<void> {
  const type = response.headers.get("Content-Type") ?? "";
  expectWayHome(response.headers.get("Location"));
  if ([101, 204, 303, 308].includes(response.status)) return;
  const content = await response.text();
  expect(content).not.toMatch(/"(ticket|access_token|id_token|refresh_token)":|"active":true/);
  if (response.status >= 400 && type.startsWith("application/problem+json")) {
    if (content === "") return; // HEAD
    const problem = JSON.parse(content) as { code: (typeof refusalCodes)[number]; status: number };
    expect(refusalCodes).toContain(problem.code);
    expect(wireOf(problem.code).status).toBe(response.status);
    expect(problem.status).toBe(response.status);
    return;
  }
  // Revoking nothing is answered with nothing (RFC 7009, section 2.2).
  if (response.status === 200 && type === "" && content === "") return;
  expect(type).toMatch(/^(text\/html|application\/json)/);
  if (type.startsWith("application/json") && content !== "") {
    const json = JSON.parse(content) as { error?: string };
    if (!response.ok) expect(json.error).toMatch(/^[a-z_]+$/);
    const said = heard.get(path) ?? new Set();
    heard.set(path, said.add(json.error ?? String(response.status)));
  }
}

/** To our own pages, or to the site with a fault: nobody generated here is given a code. */
function expectWayHome(location: string | null): void {
  if (location === null) return;
  const { origin, pathname, searchParams } = new URL(location, ORIGIN);
  if (origin === ORIGIN) return;
  expect(origin + pathname).toBe("https://acme.example/cb");
  expect(searchParams.get("error")).toMatch(/^[a-z_]+$/);
  expect(searchParams.has("code")).toBe(false);
}

test("19 malformed input: nothing generated gets a 5xx, a ticket, a session, or wakes an object", async () => {
  const known = new Set<string>();
  const property = fc.asyncProperty(
    fc.constantFrom(...situations),
    fc.array(request, { minLength: REQUESTS_PER_RUN, maxLength: REQUESTS_PER_RUN }),
    async (situation, hostiles) => {
      const { owner: its, uuid } = await loginIn(situation);
      if (situation !== "unattached") {
        const { state } = await its.view(uuid);
        // Its key is cleared once it was redeemed.
        expect(state).toBe(situation === "redeemed" ? undefined : situation);
      }
      const stranger = new Browser();
      const { uuid: ownUuid } = await stranger.mint();
      const ownCookie = stranger.cookies.get(`__Host-login-${ownUuid}`) ?? "";
      for (const hostile of hostiles) {
        cases++;
        const response = await exports.default.fetch(
          toRequest(hostile, { uuid, ownUuid, ownCookie, clientId }),
        );
        expect(response.status, `${hostile.method} ${hostile.path}`).toBeLessThan(500);
        for (const cookie of response.headers.getSetCookie()) {
          expect(cookie).not.toMatch(/^__Host-session=[^;]/);
        }
        response.webSocket?.accept();
        await expectContractShape(response, hostile.path);
      }
      known
        .add(env.LOGIN.idFromName(uuid).toString())
        .add(env.LOGIN.idFromName(ownUuid).toString());
    },
  );
  await fc.assert(property, { numRuns: RUNS });
  const woken = (await listDurableObjectIds(env.LOGIN)).map(String);
  expect(woken.filter((id) => !known.has(id))).toEqual([]);
  expect(cases).toBeGreaterThanOrEqual(10_000);
  // So that an endpoint is attacked, and not merely knocked at.
  for (const [path, errors] of Object.entries(mustBeHeard)) {
    expect([...(heard.get(path) ?? [])], path).toEqual(expect.arrayContaining(errors));
  }
}, 300_000);

const mustBeHeard = {
  "/oauth/par": ["invalid_client", "invalid_request", "request_not_supported", "201"],
  "/oauth/token": ["invalid_client", "invalid_request", "invalid_grant"],
  "/oauth/introspect": ["invalid_client", "invalid_request", "200"],
  "/oauth/revoke": ["invalid_client", "invalid_request"],
  "/oauth/userinfo": ["invalid_token", "invalid_request"],
};

const frame = fc.oneof(
  fc.constantFrom("ping", "PING", "ping ", "", "pong", "{}", '{"state":"confirmed"}'),
  fc.string({ unit: "binary", maxLength: 200 }),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => new Uint8Array(bytes)),
  fc.integer({ min: 60_000, max: 200_000 }).map((length) => "x".repeat(length)),
);

test("19 malformed input: of generated socket frames, ping is answered and any other ends the socket, not the login", async () => {
  const property = fc.asyncProperty(
    fc.array(frame, { minLength: 1, maxLength: 4 }),
    async (frames) => {
      const owner = new Browser();
      const { uuid } = await owner.mint();
      const listener = await owner.listen(uuid);
      const other = await owner.listen(uuid);
      await listener.until("pending");
      await other.until("pending");
      for (const sent of frames) {
        cases++;
        listener.socket.send(sent);
      }
      if (frames.some((sent) => sent !== "ping")) {
        expect((await listener.closed).code).toBe(1008);
      }
      expect(await owner.view(uuid)).toMatchObject({ version: 1, state: "pending" });
      await victim.scan(uuid);
      await other.until("scanned");
      expect(listener.heard.some((view) => "ticket" in view)).toBe(false);
    },
  );
  await fc.assert(property, { numRuns: 150 });
}, 120_000);

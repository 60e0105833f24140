/** RFC 7662 against a real endpoint on loopback. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { introspectionIdentity } from "../../../src/identity/introspection.ts";
import { ISSUER_ANSWER_MAX_BYTES } from "../../../src/core/limits.ts";

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

let stop: (() => void) | undefined;
afterEach(() => stop?.());

/** The adapter, asking an endpoint that answers like this. */
async function asking(answer: Answer) {
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => answer(request, response, Buffer.concat(parts).toString()));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  stop = () => {
    server.closeAllConnections();
    server.close();
  };
  const { port } = server.address() as AddressInfo;
  return introspectionIdentity({
    kind: "introspection",
    url: `http://127.0.0.1:${port}/introspect`,
    clientId: "scan login",
    clientSecret: "s:ecret",
    audience: "https://login.example",
  });
}

const says = (claims: unknown) =>
  asking((_, response) => {
    response.end(JSON.stringify(claims));
  });

const good = { active: true, sub: "u1", name: "Uma", aud: "https://login.example" };
const inAMinute = Math.floor(Date.now() / 1000) + 60;

test("an active token for us is its user; the endpoint is asked as RFC 7662 says", async () => {
  let asked: { method?: string | undefined; auth?: string | undefined; body?: string } = {};
  const identity = await asking(({ method, headers }, response, body) => {
    asked = { method, auth: headers.authorization, body };
    response.end(JSON.stringify({ ...good, exp: inAMinute, picture: "https://img.example/u.png" }));
  });
  expect(await identity.authenticate("t/o+ken")).toEqual({
    sub: "u1",
    name: "Uma",
    avatar: "https://img.example/u.png",
  });
  expect(asked.method).toBe("POST");
  expect(new URLSearchParams(asked.body).get("token")).toBe("t/o+ken");
  const credentials = Buffer.from(asked.auth?.slice("Basic ".length) ?? "", "base64").toString();
  expect(credentials).toBe("scan%20login:s%3Aecret");
});

test("an audience among several is enough", async () => {
  const identity = await says({ ...good, aud: ["https://other.example", good.aud] });
  expect(await identity.authenticate("token")).toMatchObject({ sub: "u1" });
});

test.each([
  ["inactive", { active: false }],
  ["expired", { ...good, exp: 1 }],
  ["of an odd expiry", { ...good, exp: "never" }],
  ["for another audience", { ...good, aud: "https://other.example" }],
  ["for no audience", { ...good, aud: undefined }],
  ["without a subject", { ...good, sub: undefined }],
])("13 bad token: a token that is %s is unauthenticated", async (_, claims) => {
  const identity = await says(claims);
  expect(await identity.authenticate("token")).toMatchObject({ refused: "unauthenticated" });
});

const faults: [string, Answer][] = [
  ["is broken", (_, response) => response.writeHead(500).end("{}")],
  [
    "redirects",
    (_, response) => response.writeHead(302, { Location: "https://evil.example" }).end(),
  ],
  ["sends no JSON", (_, response) => response.end("<html>")],
  ["sends something else", (_, response) => response.end('["active"]')],
  ["says active in words", (_, response) => response.end('{"active":"true","sub":"u1"}')],
  ["is huge", (_, response) => response.end(`"${"x".repeat(ISSUER_ANSWER_MAX_BYTES)}"`)],
  ["never answers", () => {}],
  ["hangs up", (request) => request.socket.destroy()],
];

test.each(faults)(
  "13 issuer trouble: an endpoint that %s is unavailable, never a pass",
  async (_, answer) => {
    const identity = await asking(answer);
    const refusal = await identity.authenticate("token");
    expect(refusal).toMatchObject({
      refused: "unavailable",
      retryAfterS: expect.any(Number) as number,
    });
  },
);

test.each([
  ["bound to a key by DPoP", { cnf: { jkt: "a".repeat(43) } }],
  ["bound to a certificate", { cnf: { "x5t#S256": "a".repeat(43) } }],
  ["a security event", { events: {} }],
])("26 token kinds: an active token that is %s is refused", async (_, claims) => {
  const identity = await says({ ...good, ...claims });
  expect(await identity.authenticate("token")).toMatchObject({
    refused: "unauthenticated",
    reason: "token_kind",
  });
});

/** An endpoint that answers the token "bad" like this, and any other as it should. */
function badFor(status: number, body = "{}") {
  return asking((_, response, asked) => {
    const isBad = new URLSearchParams(asked).get("token") === "bad";
    if (isBad) response.writeHead(status);
    response.end(isBad ? body : JSON.stringify(good));
  });
}

test.each([301, 400, 401, 403, 404, 405, 413, 415, 422, 429])(
  "22 one caller's fault: after status %i for one token the next token is asked about, and passes",
  async (status) => {
    const identity = await badFor(status);
    expect(await identity.authenticate("bad")).toHaveProperty("refused");
    expect(await identity.authenticate("fine")).toMatchObject({ sub: "u1" });
  },
);

test("22 one caller's fault: an answer too long for one token keeps no other token out", async () => {
  const identity = await badFor(200, `"${"x".repeat(ISSUER_ANSWER_MAX_BYTES)}"`);
  expect(await identity.authenticate("bad")).toMatchObject({ refused: "unavailable" });
  expect(await identity.authenticate("fine")).toMatchObject({ sub: "u1" });
});

test.each([
  [400, "{}"],
  [400, '{"error":"invalid_request"}'],
  [400, "<html>"],
  [413, ""],
  [422, '{"error":"token is malformed"}'],
])(
  "22 one caller's fault: status %i with %j is the token's, and unauthenticated",
  async (status, body) => {
    const identity = await badFor(status, body);
    expect(await identity.authenticate("bad")).toMatchObject({
      refused: "unauthenticated",
      reason: "token_invalid",
      cause: `status ${status}`,
    });
  },
);

test.each([
  [400, '{"error":"invalid_client"}'],
  [400, '{"error":"unauthorized_client"}'],
  [401, '{"error":"invalid_client"}'],
  [403, ""],
  [404, ""],
  [429, ""],
])(
  "22 one caller's fault: status %i with %j is ours, and unavailable: the token was not looked at",
  async (status, body) => {
    const identity = await badFor(status, body);
    expect(await identity.authenticate("bad")).toMatchObject({
      refused: "unavailable",
      reason: "issuer_refuses_us",
      cause: `status ${status}`,
      retryAfterS: expect.any(Number) as number,
    });
  },
);

test.each(["500", "hangs up"])(
  "22 one caller's fault: an endpoint that %s is left alone for a moment all the same",
  async (fault) => {
    let calls = 0;
    const identity = await asking((request, response) => {
      calls++;
      if (fault === "500") response.writeHead(500).end();
      else request.socket.destroy();
    });
    for (let i = 0; i < 3; i++) await identity.authenticate("token");
    expect(calls).toBe(1);
  },
);

test("27 what is told: a fault of the line is named, and what it says is not repeated", async () => {
  const identity = introspectionIdentity({
    kind: "introspection",
    // Node's fetch refuses such a URL, and quotes it.
    url: "https://user:hunter2@issuer.test/introspect",
    clientId: "c",
    clientSecret: "s",
    audience: "a",
  });
  const refusal = await identity.authenticate("token");
  expect(refusal).toMatchObject({ refused: "unavailable", reason: "issuer_away" });
  expect(JSON.stringify(refusal)).not.toContain("hunter2");
});

test("13 issuer trouble: an endpoint that just failed is left alone for a moment", async () => {
  let calls = 0;
  const identity = await asking((_, response) => {
    calls++;
    response.writeHead(503).end();
  });
  for (let i = 0; i < 20; i++) await identity.authenticate("token");
  expect(calls).toBe(1);
});

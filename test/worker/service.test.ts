import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import app from "../../src/app.ts";
import type { IdentityService } from "../../src/identity/service.ts";
import { Browser, Phone } from "../support/worker/parties.ts";
import { stageAt } from "../support/worker/stages.ts";

/** A phone whose token another Worker vouches for, over the same kind of call as a binding's RPC. */
async function scanWith(authenticate: IdentityService["authenticate"]): Promise<Response> {
  const bound = { ...env, IDENTITY: "service", IDENTITY_SERVICE: { authenticate } };
  const via = (request: Request) => app.fetch(request, bound);
  const phone = new Phone("opaque-token", { via });
  const { uuid } = await stageAt("pending", { phone });
  return phone.scan(uuid);
}

test("service identity: whom the service names may scan", async () => {
  const asked: string[] = [];
  const response = await scanWith(async (token) => {
    asked.push(token);
    return { sub: "u1", name: "Uma", picture: "http://plain.example/uma.png" };
  });
  expect(response.status).toBe(200);
  expect(asked).toEqual(["opaque-token"]);
});

test("13 bad token: nobody, according to the service, is unauthenticated", async () => {
  expect((await scanWith(async () => null)).status).toBe(401);
});

test.each([
  ["throws", () => Promise.reject(new Error("down"))],
  ["answers with no object", () => Promise.resolve("u1")],
  ["never answers", () => new Promise<never>(() => {})],
])(
  "13 issuer trouble: a service that %s gives 503 with Retry-After, never a pass",
  async (_, authenticate) => {
    const response = await scanWith(authenticate);
    expect(response.status).toBe(503);
    expect(response.headers.get("Retry-After")).toMatch(/^\d+$/);
  },
);

test.each([{}, { sub: "" }, { sub: 7 }, { sub: "x".repeat(257) }])(
  "13 issuer trouble: %j names nobody",
  async (claims) => {
    expect((await scanWith(async () => claims)).status).toBe(401);
  },
);

test("service identity: the built-in accounts' calls are not there", async () => {
  const bound = {
    ...env,
    IDENTITY: "service",
    IDENTITY_SERVICE: { authenticate: async () => null },
  };
  const browser = new Browser({ via: (request) => app.fetch(request, bound) });
  const { uuid } = await browser.mint();
  expect((await browser.post("/account/token", { username: "a", password: "b" })).status).toBe(404);
  expect((await browser.post("/qrcode/verify", {})).status).toBe(404);
  expect(await (await browser.fetch(`/qrcode/scan?uuid=${uuid}`)).text()).not.toContain("<form");
});

/** CORS: which pages' scripts may read what the provider answers. */
import { env, exports } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { addClient, type TestClient } from "../../support/worker/clients.ts";
import { ORIGIN } from "../../support/worker/parties.ts";
import {
  basic,
  callFromSite,
  codeOf,
  newVerifier,
  REDIRECT_URI,
  type Tokens,
} from "../../support/worker/site-login.ts";
import { later } from "../../support/worker/stages.ts";

const own = "https://acme.example";
const allowed = (response: Response) => response.headers.get("Access-Control-Allow-Origin");

let open: TestClient;
let native: TestClient;
let confidential: TestClient;
beforeAll(async () => {
  open = await addClient({ auth: "none" });
  confidential = await addClient();
  native = await addClient({ auth: "none", redirectUris: ["http://127.0.0.1/cb"] });
  // The script would not make such a row; a hand may.
  await env.DB.prepare("UPDATE clients SET redirect_uris = ? WHERE id = ?")
    .bind('["http://127.0.0.1/cb","com.acme.app:/cb"]', native.id)
    .run();
});

const tokenCall = (client_id: string, Origin: string, more = {}) =>
  callFromSite(
    "/oauth/token",
    { client_id, grant_type: "authorization_code", ...more },
    { Origin },
  );

/** By a page of the client's own. */
async function tokensByPage(): Promise<Tokens> {
  const { verifier: code_verifier, challenge } = newVerifier();
  const code = await codeOf(open, { code_challenge: challenge, code_challenge_method: "S256" });
  const response = await tokenCall(open.id, own, {
    code,
    code_verifier,
    redirect_uri: REDIRECT_URI,
  });
  expect([response.status, allowed(response)]).toEqual([200, own]);
  return response.json();
}

const userinfo = (token: string, Origin: string) =>
  exports.default.fetch(`${ORIGIN}/oauth/userinfo`, {
    headers: { Origin, Authorization: `Bearer ${token}` },
  });

test("what everybody may fetch may be read by every page", async () => {
  for (const path of ["/.well-known/openid-configuration", "/oauth/jwks"]) {
    const response = await exports.default.fetch(ORIGIN + path, { headers: { Origin: "null" } });
    expect(allowed(response)).toBe("*");
  }
});

test("a page of a public client signs its user in, and reads faults as well", async () => {
  const { access_token } = await tokensByPage();
  const info = await userinfo(access_token, own);
  expect([info.status, allowed(info), info.headers.get("Vary")]).toEqual([200, own, "Origin"]);
  const over = await later(1000, () => userinfo(access_token, own));
  expect([over.status, allowed(over)]).toEqual([401, own]);
  const fault = await tokenCall(open.id, own, { code: "x", redirect_uri: REDIRECT_URI });
  expect([fault.status, allowed(fault)]).toEqual([400, own]);
});

describe("nobody else's page reads anything", () => {
  const strangers = [
    "https://evil.example",
    "http://acme.example",
    "https://acme.example:8443",
    "https://acme.example.evil.example",
    "https://sub.acme.example",
    "https://ACME.example",
    "null",
    "",
  ];
  test.each(strangers)("%j", async (origin) => {
    const { access_token } = await tokensByPage();
    for (const response of [
      await tokenCall(open.id, origin),
      await userinfo(access_token, origin),
      await userinfo("x.y.z", origin),
      await callFromSite("/oauth/revoke", { client_id: open.id, token: "x" }, { Origin: origin }),
      await callFromSite("/oauth/par", { client_id: open.id }, { Origin: origin }),
    ]) {
      expect(allowed(response)).toBeNull();
      expect(response.headers.get("Access-Control-Allow-Credentials")).toBeNull();
    }
  });

  test("a confidential client has no pages: what it proves itself with is no page's to know", async () => {
    const fields = { grant_type: "authorization_code", code: "x", redirect_uri: REDIRECT_URI };
    const headers = { ...basic(confidential), Origin: own };
    expect(allowed(await callFromSite("/oauth/token", fields, headers))).toBeNull();
  });
});

test("a loopback client's page may be at any port; an app's own scheme is no origin", async () => {
  expect(allowed(await tokenCall(native.id, "http://127.0.0.1:5173"))).toBe(
    "http://127.0.0.1:5173",
  );
  for (const origin of ["null", "http://127.0.0.2:5173", "https://127.0.0.1"]) {
    expect(allowed(await tokenCall(native.id, origin))).toBeNull();
  }
});

test("a preflight names no client, so everybody has leave to ask, and nothing else", async () => {
  for (const path of ["/oauth/token", "/oauth/userinfo", "/oauth/revoke", "/oauth/par"]) {
    const headers = { Origin: "https://spa.example", "Access-Control-Request-Method": "POST" };
    const preflight = await exports.default.fetch(ORIGIN + path, { method: "OPTIONS", headers });
    expect([preflight.status, allowed(preflight)]).toEqual([204, "*"]);
    expect(preflight.headers.get("Access-Control-Allow-Headers")).toBe(
      "Authorization, Content-Type",
    );
    expect(preflight.headers.get("Access-Control-Allow-Credentials")).toBeNull();
  }
  const introspect = { method: "OPTIONS", headers: { Origin: own } };
  expect((await exports.default.fetch(`${ORIGIN}/oauth/introspect`, introspect)).status).toBe(405);
});

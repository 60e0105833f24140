/** What this deployment publishes, and what it answers without keys. */
import { env, exports } from "cloudflare:workers";
import { expect, test } from "vitest";
import { addClient } from "../../support/worker/clients.ts";
import { Browser, ORIGIN } from "../../support/worker/parties.ts";
import { withBindings } from "../../support/worker/stages.ts";
import {
  authorizeUrl,
  tokensOf,
  userinfo,
  claimsIn,
  headerOf,
} from "../../support/worker/site-login.ts";
import { newJwks } from "../../support/signing-keys.ts";

const documents = ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"];

test.each(documents)("%s: issuer, endpoints and capabilities, for whoever asks", async (path) => {
  const response = await exports.default.fetch(ORIGIN + path, {
    headers: { Origin: "https://spa.example" },
  });
  expect(response.status).toBe(200);
  expect(response.headers.get("Content-Type")).toMatch(/^application\/json/);
  expect(response.headers.get("Access-Control-Allow-Origin")).toBe("*");
  expect(response.headers.get("Access-Control-Allow-Credentials")).toBeNull();
  expect(response.headers.get("Cache-Control")).toBe("public, max-age=300");
  const document = await response.json<Record<string, unknown>>();
  expect(document).toMatchObject({
    issuer: ORIGIN,
    authorization_endpoint: `${ORIGIN}/oauth/authorize`,
    token_endpoint: `${ORIGIN}/oauth/token`,
    userinfo_endpoint: `${ORIGIN}/oauth/userinfo`,
    jwks_uri: `${ORIGIN}/oauth/jwks`,
    end_session_endpoint: `${ORIGIN}/oauth/logout`,
    response_types_supported: ["code"],
    response_modes_supported: ["query", "form_post"],
    grant_types_supported: ["authorization_code", "refresh_token"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
    code_challenge_methods_supported: ["S256"],
    authorization_response_iss_parameter_supported: true,
    request_parameter_supported: false,
    claims_parameter_supported: false,
  });
  expect(document["scopes_supported"]).toContain("openid");
  const [first] = document["token_endpoint_auth_methods_supported"] as string[];
  expect(first).toBe("client_secret_basic");
});

test("every endpoint that discovery names is there", async () => {
  const response = await exports.default.fetch(ORIGIN + documents[0]);
  const document = await response.json<Record<string, unknown>>();
  const named = Object.entries(document).filter(
    ([name]) => name.endsWith("_endpoint") || name === "jwks_uri",
  );
  expect(named.length).toBe(8);
  for (const [name, url] of named) {
    const { status } = await new Browser().fetch(String(url).replace(ORIGIN, ""));
    expect(status, name).not.toBe(404);
  }
});

test("jwks has public members only, and distinct kids", async () => {
  const response = await exports.default.fetch(`${ORIGIN}/oauth/jwks`);
  const { keys } = await response.json<{ keys: Record<string, string>[] }>();
  expect(keys.map((key) => Object.keys(key).sort())).toEqual([
    ["alg", "e", "kid", "kty", "n", "use"],
  ]);
});

test("without keys every endpoint says in one sentence what to do, and the front door works", async () => {
  const via = withBindings({ SIGNING_KEYS: undefined });
  const client = await addClient();
  for (const path of [
    ...documents,
    "/oauth/jwks",
    authorizeUrl(client),
    "/oauth/userinfo",
    "/oauth/logout",
  ]) {
    const response = await new Browser({ via }).fetch(path);
    expect(response.status, path).toBe(503);
    expect(response.headers.get("Cache-Control"), path).toBe("no-store");
    const { error, error_description } = await response.json<Record<string, string>>();
    expect(error).toBe("temporarily_unavailable");
    expect(error_description).toContain("npm run -s keys");
  }
  expect((await new Browser({ via }).fetch("/")).status).toBe(200);
});

test("36 keys roll: the new one signs, tokens of the old one are good until it is dropped", async () => {
  const client = await addClient();
  const tokens = await tokensOf(client);
  const old = JSON.parse(String((env as unknown as Record<string, unknown>)["SIGNING_KEYS"])) as {
    keys: Record<string, unknown>[];
  };
  const fresh = await newJwks();
  const ask = (keys: object[]) => {
    const via = withBindings({ SIGNING_KEYS: JSON.stringify({ keys }) });
    const headers = { Authorization: `Bearer ${tokens.access_token}` };
    return new Browser({ via }).fetch("/oauth/userinfo", { headers });
  };
  expect((await ask([...fresh.keys, ...old.keys])).status).toBe(200);
  expect((await ask(fresh.keys)).status).toBe(401);
});

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

test("36 an access token is what it says only with our signature, our key's alg, and its own typ", async () => {
  const client = await addClient();
  const tokens = await tokensOf(client);
  const [header = "", payload = "", signature = ""] = tokens.access_token.split(".");
  const { kid } = headerOf(tokens.access_token);
  for (const wrong of [
    `${encode({ alg: "none", typ: "at+jwt" })}.${payload}.`,
    `${encode({ alg: "none", typ: "at+jwt", kid })}.${payload}.${signature}`,
    `${encode({ alg: "HS256", typ: "at+jwt", kid })}.${payload}.${signature}`,
    `${encode({ alg: "RS256", typ: "at+jwt", kid: "../../etc/passwd" })}.${payload}.${signature}`,
    `${encode({ alg: "RS256", typ: "at+jwt", jku: "https://evil.example/jwks" })}.${payload}.${signature}`,
    `${header}.${encode({ ...claimsIn(tokens.access_token), sub: "somebody" })}.${signature}`,
    tokens.id_token,
    `${tokens.access_token}x`,
    "x".repeat(9000),
  ]) {
    const response = await userinfo(wrong);
    expect(response.status).toBe(401);
    expect(response.headers.get("WWW-Authenticate")).toMatch(/^Bearer error="invalid_token"/);
  }
  expect((await userinfo(tokens.access_token)).status).toBe(200);
});

const post = (init: RequestInit) =>
  exports.default.fetch(`${ORIGIN}/oauth/userinfo`, { method: "POST", ...init });

test("userinfo takes the token in the header or in a form, and says which scheme it wants", async () => {
  const client = await addClient();
  const { access_token } = await tokensOf(client);
  const Authorization = `bearer ${access_token}`;
  expect((await post({ headers: { Authorization } })).status).toBe(200);
  expect((await post({ body: new URLSearchParams({ access_token }) })).status).toBe(200);
  const twice = { headers: { Authorization }, body: new URLSearchParams({ access_token }) };
  expect((await post(twice)).status).toBe(400);
  const inQuery = await exports.default.fetch(
    `${ORIGIN}/oauth/userinfo?access_token=${access_token}`,
  );
  expect([inQuery.status, inQuery.headers.get("WWW-Authenticate")]).toEqual([401, "Bearer"]);
});

/** The token endpoint: everything that gives no token. */
import { exports } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { addClient, removeClient, type TestClient } from "../../support/worker/clients.ts";
import { ORIGIN } from "../../support/worker/parties.ts";
import {
  basic,
  callFromSite,
  codeOf,
  exchange,
  expectOAuthError,
  newVerifier,
  REDIRECT_URI,
  tokensOf,
  userinfo,
  type Tokens,
} from "../../support/worker/site-login.ts";

let client: TestClient;
let other: TestClient;
beforeAll(async () => {
  client = await addClient();
  other = await addClient();
});

const tokenCall = (code: string) =>
  ({ grant_type: "authorization_code", code, redirect_uri: REDIRECT_URI }) as const;

describe("32 a code is for one client, once", () => {
  test("a second use is invalid_grant, and ends what the first one gave", async () => {
    const offline = await addClient({
      scope: "openid offline_access",
      grants: ["authorization_code", "refresh_token"],
    });
    const code = await codeOf(offline, { scope: "openid offline_access" });
    const tokens = await (await exchange(offline, code)).json<Tokens>();
    expect((await userinfo(tokens.access_token)).status).toBe(200);
    await expectOAuthError(await exchange(offline, code), "invalid_grant");
    expect((await userinfo(tokens.access_token)).status).toBe(401);
    const fields = { grant_type: "refresh_token", refresh_token: tokens.refresh_token };
    const refreshed = await callFromSite("/oauth/token", fields, basic(offline));
    await expectOAuthError(refreshed, "invalid_grant");
  });

  test("another client's code is invalid_grant, and still good for the one it is for", async () => {
    const code = await codeOf(client);
    await expectOAuthError(await exchange(other, code), "invalid_grant");
    expect((await exchange(client, code)).status).toBe(200);
  });

  test("forged, altered, truncated or empty it is refused without waking its object", async () => {
    const code = await codeOf(client);
    const [uuid = "", time = "", mac = ""] = code.split(".");
    for (const wrong of [
      "x",
      `${uuid}.${time}.${"A".repeat(43)}`,
      `${uuid}.${time}0.${mac}`,
      `${uuid.replace(/^./, "f")}.${time}.${mac}`,
      code.slice(0, -1),
      `${code}=`,
      `${code}.x`,
    ]) {
      await expectOAuthError(await exchange(client, wrong), "invalid_grant");
    }
    await expectOAuthError(await exchange(client, ""), "invalid_request");
    expect((await exchange(client, code)).status).toBe(200);
  });

  test("another redirect_uri is invalid_grant and spends the code; none is invalid_request", async () => {
    const code = await codeOf(client);
    await expectOAuthError(
      await exchange(client, code, { redirect_uri: undefined }),
      "invalid_request",
    );
    const wrong = { redirect_uri: "https://acme.example/" };
    await expectOAuthError(await exchange(client, code, wrong), "invalid_grant");
    await expectOAuthError(await exchange(client, code), "invalid_grant");
  });
});

describe("33 PKCE: the verifier", () => {
  const { verifier, challenge } = newVerifier();
  const s256 = { code_challenge: challenge, code_challenge_method: "S256" };
  test.each([
    ["of another request", newVerifier().verifier],
    ["missing", undefined],
    ["that is the challenge", challenge],
    ["that is too short", "short"],
    ["with characters of no verifier", `${verifier}é`],
    ["that is too long", "x".repeat(129)],
  ])("%s is invalid_grant, and the code is spent", async (_, code_verifier) => {
    const code = await codeOf(client, s256);
    await expectOAuthError(await exchange(client, code, { code_verifier }), "invalid_grant");
    await expectOAuthError(
      await exchange(client, code, { code_verifier: verifier }),
      "invalid_grant",
    );
  });

  test("right, it is good", async () => {
    const code = await codeOf(client, s256);
    expect((await exchange(client, code, { code_verifier: verifier })).status).toBe(200);
  });

  test("where no challenge was sent is invalid_grant: a downgrade", async () => {
    const code = await codeOf(client);
    await expectOAuthError(
      await exchange(client, code, { code_verifier: verifier }),
      "invalid_grant",
    );
  });
});

describe("who calls", () => {
  test("a client that does not prove itself is invalid_client, with a challenge if it tried Basic", async () => {
    const code = await codeOf(client);
    const wrong = await exchange({ ...client, secret: "wrong" }, code);
    expect(wrong.headers.get("WWW-Authenticate")).toBe("Basic");
    await expectOAuthError(wrong, "invalid_client", 401);
    const fields = tokenCall(code);
    for (const more of [
      {},
      { client_id: client.id },
      { client_id: client.id, client_secret: client.secret },
      { client_id: "nobody", client_secret: "x" },
    ]) {
      const response = await callFromSite("/oauth/token", { ...fields, ...more });
      expect(response.headers.get("WWW-Authenticate")).toBeNull();
      await expectOAuthError(response, "invalid_client", 401);
    }
    for (const Authorization of ["Basic", "Basic !", "Basic Og==", "Bearer x", "Basic YQ=="]) {
      const response = await callFromSite("/oauth/token", fields, { Authorization });
      await expectOAuthError(response, "invalid_client", 401);
    }
    expect((await exchange(client, code)).status).toBe(200);
  });

  test("a public client that says it has a secret is invalid_client", async () => {
    const open = await addClient({ auth: "none" });
    const fields = { ...tokenCall("x"), client_id: open.id, client_secret: "x" };
    await expectOAuthError(await callFromSite("/oauth/token", fields), "invalid_client", 401);
  });

  test("two proofs at once are invalid_request", async () => {
    const fields = { ...tokenCall("x"), client_id: client.id, client_secret: client.secret };
    const response = await callFromSite("/oauth/token", fields, basic(client));
    await expectOAuthError(response, "invalid_request");
  });

  test("client_id beside Basic must be the same", async () => {
    const fields = { ...tokenCall("x"), client_id: other.id };
    const response = await callFromSite("/oauth/token", fields, basic(client));
    await expectOAuthError(response, "invalid_client", 401);
  });

  test("client_secret_post is as good as Basic, for a client whose row says so", async () => {
    const posting = await addClient({ auth: "client_secret_post" });
    const code = await codeOf(posting);
    const { id: client_id, secret: client_secret } = posting;
    const fields = { ...tokenCall(code), client_id, client_secret };
    expect((await callFromSite("/oauth/token", fields)).status).toBe(200);
  });

  test("a client that is removed is told so", async () => {
    const gone = await addClient();
    await removeClient(gone.id);
    await expectOAuthError(await exchange(gone, "x"), "invalid_client", 401);
  });
});

describe("what is asked", () => {
  test.each([
    [{ grant_type: undefined }, "invalid_request"],
    [{ grant_type: "password", username: "ada", password: "x" }, "unsupported_grant_type"],
    [{ grant_type: "client_credentials" }, "unsupported_grant_type"],
    [{ grant_type: "__proto__" }, "unsupported_grant_type"],
    [{ grant_type: "refresh_token", refresh_token: "x" }, "unauthorized_client"],
  ])("%o is %s", async (fields, error) => {
    await expectOAuthError(await callFromSite("/oauth/token", fields, basic(client)), error);
  });

  test.each([
    ["application/json", '{"grant_type":"authorization_code"}'],
    ["multipart/form-data; boundary=x", "--x--"],
    ["text/plain", "grant_type=authorization_code"],
    ["application/x-www-form-urlencoded", "grant_type=a&grant_type=b"],
  ])("%s %s is invalid_request", async (type, body) => {
    const response = await exports.default.fetch(`${ORIGIN}/oauth/token`, {
      method: "POST",
      headers: { ...basic(client), "Content-Type": type },
      body,
    });
    await expectOAuthError(response, "invalid_request");
  });

  test("by GET is 405", async () => {
    expect((await exports.default.fetch(`${ORIGIN}/oauth/token`)).status).toBe(405);
  });
});

function refresh(by: TestClient, refresh_token: string, more = {}): Promise<Response> {
  const fields = { grant_type: "refresh_token", refresh_token, ...more };
  return callFromSite("/oauth/token", fields, basic(by));
}

describe("35 refreshing", () => {
  const scope = "openid profile offline_access";
  let offline: TestClient;
  beforeAll(async () => {
    offline = await addClient({ scope, grants: ["authorization_code", "refresh_token"] });
  });

  test("rotates: a new refresh token, a new access token, an id token of the same login", async () => {
    const first = await tokensOf(offline, { scope, nonce: "n" });
    const second = await (await refresh(offline, first.refresh_token)).json<Tokens>();
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect(second.scope).toBe(scope);
    expect((await userinfo(second.access_token)).status).toBe(200);
  });

  test("for less is granted, for more is invalid_scope", async () => {
    const first = await tokensOf(offline, { scope });
    const less = await (
      await refresh(offline, first.refresh_token, { scope: "openid" })
    ).json<Tokens>();
    expect(less.scope).toBe("openid");
    const more = await refresh(offline, less.refresh_token, { scope: "openid email" });
    await expectOAuthError(more, "invalid_scope");
  });

  test("another client's token is invalid_grant, and still good for its own", async () => {
    const stranger = await addClient({ scope, grants: ["authorization_code", "refresh_token"] });
    const { refresh_token } = await tokensOf(offline, { scope });
    await expectOAuthError(await refresh(stranger, refresh_token), "invalid_grant");
    expect((await refresh(offline, refresh_token)).status).toBe(200);
  });

  test("without offline_access there is none", async () => {
    expect(await tokensOf(offline, { scope: "openid" })).not.toHaveProperty("refresh_token");
  });
});

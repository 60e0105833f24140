/** A row that somebody wrote by hand: one that is not usable may not ask for a login. */
import { describe, expect, test } from "vitest";
import { readClient, type ClientRow } from "../../../src/sites/row.ts";

const row: ClientRow = {
  id: "acme",
  name: "Acme",
  redirect_uris: '["https://acme.example:8443/cb"]',
  post_logout_redirect_uris: "[]",
  backchannel_logout_uri: null,
  auth: "client_secret_basic",
  secret_hash: "0".repeat(64),
  jwks: null,
  grants: '["authorization_code"]',
  scopes: '["openid"]',
  claims_in_id_token: 0,
};

test("a good row is a client, whose host is that of its first address", () => {
  expect(readClient(row)).toMatchObject({ id: "acme", host: "acme.example:8443" });
});

test.each(["http://localhost:3000/cb", "http://127.0.0.1/cb", "http://[::1]/cb"])(
  "a client at %s has no host to show",
  (uri) => {
    expect(readClient({ ...row, redirect_uris: JSON.stringify([uri]) })).toMatchObject({
      host: "",
    });
  },
);

describe("a row is not usable", () => {
  const bad: [column: string, value: unknown][] = [
    ["id", "ac-me"],
    ["id", ""],
    ["name", ""],
    ["redirect_uris", "https://acme.example/cb"],
    ["redirect_uris", '["cb"]'],
    ["redirect_uris", "{}"],
    ["redirect_uris", null],
    ["post_logout_redirect_uris", "[7]"],
    ["backchannel_logout_uri", "x"],
    ["auth", "tls_client_auth"],
    ["secret_hash", null],
    ["secret_hash", "the secret itself"],
    ["secret_hash", "A".repeat(64)],
    ["jwks", "{}"],
    ["jwks", '{"keys":[]}'],
    ["grants", '["implicit"]'],
    ["grants", '["password"]'],
    ["scopes", '"openid"'],
    ["claims_in_id_token", 2],
  ];
  test.each(bad)("with %s = %j: the log names the column, and quotes nothing", (column, value) => {
    expect(readClient({ ...row, [column]: value })).toEqual({
      refused: "unavailable",
      reason: "client_row_unusable",
      cause: expect.stringMatching(new RegExp(`^${column}(\\.|$)`)),
    });
  });

  test("where it should prove itself by a key, and has none", () => {
    expect(readClient({ ...row, auth: "private_key_jwt" })).toMatchObject({ cause: "jwks" });
  });
});

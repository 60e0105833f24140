/** `npm run -s client`: its SQL is run on the tables of the migrations, and read as the Worker reads it. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { afterAll, describe, expect, test } from "vitest";
import { newClient } from "../../../src/local/new-client.ts";
import { readClient } from "../../../src/sites/row.ts";
import { database } from "../../support/database.ts";
import { newJwks } from "../../support/signing-keys.ts";

const folder = mkdtempSync(join(tmpdir(), "client-"));
afterAll(() => rmSync(folder, { recursive: true }));

function client(...args: string[]) {
  const run = spawnSync(process.execPath, ["src/local/client.ts", ...args], { encoding: "utf8" });
  return { sql: run.stdout, said: run.stderr, code: run.status };
}

const rowOf = (db: DatabaseSync, id: string) =>
  db.prepare("SELECT * FROM clients WHERE id = ?").get(id);

const acme = ["--id", "acme", "--name", "Acme", "--redirect-uri", "https://acme.example/cb"];

const named = (name: string) => acme.map((word) => (word === "Acme" ? name : word));

/** Adds it to a fresh database. */
function added(...args: string[]) {
  const { sql, said, code } = client("add", ...args);
  expect(code, said).toBe(0);
  const db = database();
  db.exec(sql);
  return { client: readClient(rowOf(db, "acme")), said, sql, db };
}

describe("add", () => {
  test("with the least of words makes a confidential client of the code flow", () => {
    const { client: it, said } = added(...acme);
    expect(it).toEqual({
      id: "acme",
      name: "Acme",
      host: "acme.example",
      redirectUris: ["https://acme.example/cb"],
      postLogoutRedirectUris: [],
      auth: "client_secret_basic",
      secretHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      grants: ["authorization_code"],
      scopes: ["openid", "profile"],
      claimsInIdToken: false,
    });
    expect(said).toMatch(/^The secret of acme, shown this once:\n[A-Za-z0-9]{43}\n$/);
  });

  test("shows a made secret once, on standard error, and stores its hash alone", () => {
    const { client: it, said, sql } = added(...acme, "--auth", "client_secret_post");
    const secret = said.trim().split("\n").at(-1) ?? "";
    const secretHash = createHash("sha256").update(secret).digest("hex");
    expect(it).toMatchObject({ auth: "client_secret_post", secretHash });
    expect(sql).not.toContain(secret);
    expect(added(...acme).said).not.toContain(secret);
  });

  test("takes a secret that is given, and does not repeat it", () => {
    const secret = "0aF3Zk81uQvX7mPq4RyLwE9sTnB2xCd5eGh6iJkM1oP7";
    const { client: it, said } = added(...acme, "--secret", secret);
    expect(it).toMatchObject({ secretHash: createHash("sha256").update(secret).digest("hex") });
    expect(said).toBe("");
  });

  test("takes everything that a client may have", async () => {
    const [key = {}] = (await newJwks()).keys;
    const { kty, n, e, kid, alg } = key;
    const publicKey = { kty, n, e, kid, alg };
    const file = join(folder, "jwks.json");
    writeFileSync(file, JSON.stringify({ keys: [publicKey] }));
    const { client: it, said } = added(
      "--id",
      "acme",
      "--name",
      "Acme",
      "--auth",
      "private_key_jwt",
      "--jwks",
      file,
      "--redirect-uri",
      "http://127.0.0.1/cb",
      "--redirect-uri",
      "https://acme.example/cb?a=b",
      "--post-logout-redirect-uri",
      "https://acme.example",
      "--claims-in-id-token",
      "--backchannel-logout-uri",
      "https://acme.example/logout",
      "--grant",
      "refresh_token",
      "--grant",
      "authorization_code",
      "--grant",
      "device_code",
      "--scope",
      "openid email offline_access openid",
    );
    expect(it).toEqual({
      id: "acme",
      name: "Acme",
      host: "",
      redirectUris: ["http://127.0.0.1/cb", "https://acme.example/cb?a=b"],
      postLogoutRedirectUris: ["https://acme.example"],
      backchannelLogoutUri: "https://acme.example/logout",
      auth: "private_key_jwt",
      jwks: { keys: [publicKey] },
      grants: [
        "authorization_code",
        "refresh_token",
        "urn:ietf:params:oauth:grant-type:device_code",
      ],
      scopes: ["openid", "email", "offline_access"],
      claimsInIdToken: true,
    });
    expect(said).toBe("");
  });

  test("makes a public client, which has no secret", () => {
    const { client: it, said } = added(...acme, "--auth", "none");
    expect(it).not.toHaveProperty("secretHash");
    expect(said).toBe("");
  });

  test("makes a device's client, which is answered at no address", () => {
    const { client: it } = added(
      "--id",
      "acme",
      "--name",
      "TV",
      "--auth",
      "none",
      "--grant",
      "device_code",
    );
    expect(it).toMatchObject({ host: "", redirectUris: [] });
  });

  test("an id that is taken is not taken over", () => {
    const { db, sql } = added(...acme);
    expect(() => db.exec(sql)).toThrow(/UNIQUE/);
  });

  test("28 names that lie: what turns, hides or breaks text is left out, quotes are text", () => {
    const lie = "Ac\u202eme\n';\tDROP TABLE clients;--";
    const { client: it, db } = added(...named(lie));
    expect(it).toMatchObject({ name: "Acme '; DROP TABLE clients;--" });
    expect(rowOf(db, "acme")).toBeDefined();
    expect(added(...named("\u200b")).client).toMatchObject({ name: "acme" });
  });
});

test("remove takes out this client alone, and list shows neither hashes nor keys", () => {
  const { db } = added(...acme);
  db.exec(client("add", ...acme.map((it) => (it === "acme" ? "other" : it))).sql);
  const listed = db.prepare(client("list").sql).all();
  expect(listed).toMatchObject([{ id: "acme" }, { id: "other" }]);
  expect(Object.keys(listed[0] ?? {})).not.toContain("secret_hash");
  db.exec(client("remove", "--id", "acme").sql);
  expect(db.prepare("SELECT id FROM clients").all()).toEqual([{ id: "other" }]);
  db.exec(client("remove", "--id", "' OR '1'='1").sql);
  expect(db.prepare("SELECT id FROM clients").all()).toHaveLength(1);
});

const uris: [uri: string, why: RegExp][] = [
  ["acme.example/cb", /absolute/],
  ["/cb", /absolute/],
  ["", /absolute/],
  ["http://acme.example/cb", /https, or http on the client's own machine/],
  ["http://192.168.1.2/cb", /https, or http on/],
  ["http://localhost.acme.example/cb", /https, or http on/],
  ["http://[::2]/cb", /https, or http on/],
  ["javascript:alert(1)", /https, or http on/],
  ["com.acme.app:/cb", /https, or http on/],
  ["data:text/html,x", /https, or http on/],
  ["https://acme.example/cb#part", /no fragment/],
  ["https://acme.example/cb#", /no fragment/],
  ["https://*.acme.example/cb", /wildcard/],
  ["https://acme.example/*", /wildcard/],
  ["https://user@acme.example/cb", /no user/],
  ["https://user:word@acme.example/cb", /no user/],
  ["https:acme.example/cb", /as browsers do/],
  ["https:/acme.example/cb", /as browsers do/],
  ["https:\\\\acme.example/cb", /as browsers do/],
  ["https://ACME.example/cb", /as browsers do, https:\/\/acme.example\/cb/],
  ["HTTPS://acme.example/cb", /as browsers do/],
  ["https://acme.example:443/cb", /as browsers do/],
  ["https://acme.example/a/../cb", /as browsers do/],
  ["https://acme.example/a/%2e%2e/cb", /as browsers do/],
  ["https://acme.example/c b", /as browsers do/],
  [" https://acme.example/cb", /as browsers do/],
  ["https://acme.example/cb\n", /as browsers do/],
  ["https://bücher.example/cb", /as browsers do, https:\/\/xn--bcher-kva.example\/cb/],
];

const wishes = { id: "acme", name: "Acme", redirectUris: ["https://acme.example/cb"] };

describe("34 open redirect: the script takes no address", () => {
  test.each(uris)("that is %j", (uri, why) => {
    for (const [option, wish] of [
      ["--redirect-uri", { redirectUris: [uri] }],
      ["--post-logout-redirect-uri", { postLogoutRedirectUris: [uri] }],
      ["--backchannel-logout-uri", { backchannelLogoutUri: uri }],
    ] as const) {
      const add = () => newClient({ ...wishes, ...wish });
      expect(add).toThrow(why);
      expect(add).toThrow(new RegExp(`^${option}`));
    }
  });
});

test.each([
  "http://localhost:3000/cb",
  "http://127.0.0.1/cb",
  "http://[::1]:8/cb",
  "https://acme.example",
])("--redirect-uri may be %s", (uri) => {
  const { row } = newClient({ ...wishes, redirectUris: [uri] });
  expect(readClient(row)).toMatchObject({ redirectUris: [uri] });
});

const weak = "short0aF3Zk81uQvX7mPq4RyLwE9sTnB2";
test.each<[args: string[], why: RegExp]>([
  [[], /^Say add, list or remove\./],
  [["constructor"], /^Say add/],
  [["add"], /^--id is/],
  [["add", ...acme, "extra"], /^"extra" belongs to no option/],
  [["add", ...acme, "--color", "red"], /--color/],
  [["add", ...acme, "--id", "ac-me"], /^--id is 1 to 64 letters and digits/],
  [["add", ...acme, "--id", "a".repeat(65)], /^--id is/],
  [["add", "--id", "acme", "--name", "Acme"], /^--redirect-uri says/],
  [["add", ...acme, "--auth", "tls_client_auth"], /^--auth is one of none, client_secret_basic/],
  [["add", ...acme, "--grant", "password"], /^--grant is one of authorization_code/],
  [["add", ...acme, "--grant", "constructor"], /^--grant is one of/],
  [["add", ...acme, "--grant", "refresh_token"], /^--grant refresh_token goes on/],
  [
    ["add", ...acme, "--grant", "authorization_code", "--scope", "openid offline_access"],
    /go together/,
  ],
  [["add", ...acme, "--scope", ""], /^--scope is/],
  [["add", ...acme, "--scope", 'open"id'], /^--scope is/],
  [["add", ...acme, "--secret", weak], /^--secret is 43 to 128/],
  [["add", ...acme, "--secret", "a".repeat(64)], /^--secret is/],
  [["add", ...acme, "--secret", `${weak}-${weak}`], /^--secret is/],
  [["add", ...acme, "--auth", "none", "--secret", weak], /^--auth none takes no --secret/],
  [["add", ...acme, "--jwks", "package.json"], /takes no --jwks/],
  [["add", ...acme, "--auth", "private_key_jwt"], /needs --jwks FILE/],
  [["add", ...acme, "--auth", "private_key_jwt", "--jwks", "package.json"], /^--jwks is/],
  [["add", ...acme, "--auth", "private_key_jwt", "--jwks", "/nowhere"], /no such file/],
  [["remove"], /^--id says which/],
])("%j prints no SQL, says why, and repeats no secret", (args, why) => {
  const { sql, said, code } = client(...args);
  expect([sql, code]).toEqual(["", 1]);
  expect(said).toMatch(why);
  expect(said).toContain("Usage:");
  expect(said).not.toContain(weak);
});

test("--jwks is refused where it holds anything private, or a shared secret", async () => {
  const file = join(folder, "private.json");
  for (const keys of [(await newJwks()).keys, [{ kty: "oct", k: "c2VjcmV0" }], []]) {
    writeFileSync(file, JSON.stringify({ keys }));
    const { sql, said } = client("add", ...acme, "--auth", "private_key_jwt", "--jwks", file);
    expect(sql).toBe("");
    expect(said).toMatch(/^--jwks is a JSON Web Key set of public keys, and of nothing private/);
  }
});

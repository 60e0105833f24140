/** Clients as the Worker reads them: from D1, through a memory that is short and bounded. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { CLIENT_STALE_S, CLIENTS_REMEMBERED_MAX } from "../../src/core/limits.ts";
import { clientOf } from "../../src/sites/client.ts";
import { addClient, removeClient } from "../support/worker/clients.ts";

const now = 1_800_000_000_000;
const ms = 1000;
const rename = (id: string, name: string) =>
  env.DB.prepare("UPDATE clients SET name = ? WHERE id = ?").bind(name, id).run();

/** The database with its questions counted; `away` makes them fail. */
function counted() {
  const state = { questions: 0, away: false };
  const db = {
    prepare(sql: string) {
      state.questions++;
      return env.DB.prepare(state.away ? "SELECT * FROM no_such_table WHERE id = ?" : sql);
    },
  } as D1Database;
  return { db, state };
}

test("a client that the script added is found; an unknown one is nobody", async () => {
  const { id } = await addClient({ name: "Bücher & Co", auth: "none" });
  expect(await clientOf(env.DB, id, now)).toMatchObject({ id, name: "Bücher & Co", auth: "none" });
  for (const other of ["nobody", "", id.toUpperCase(), `${id} `, "' OR '1'='1", "__proto__"]) {
    expect(await clientOf(env.DB, other, now), other).toBeUndefined();
  }
});

test("a row is read once a minute; a change of it counts after that, and not before", async () => {
  const { id } = await addClient();
  const { db, state } = counted();
  expect(await clientOf(db, id, now)).toMatchObject({ name: "Acme" });
  await rename(id, "Acme 2");
  const last = now + CLIENT_STALE_S * ms - 1;
  for (const at of [now, now + 1, last]) {
    expect(await clientOf(db, id, at)).toMatchObject({ name: "Acme" });
  }
  expect(state.questions).toBe(1);
  expect(await clientOf(db, id, last + 1)).toMatchObject({ name: "Acme 2" });
  expect(state.questions).toBe(2);
});

test("a client that was removed is nobody after a minute, and one that was added is there at once", async () => {
  const { id } = await addClient();
  const { db } = counted();
  await clientOf(db, id, now);
  await removeClient(id);
  expect(await clientOf(db, id, now + CLIENT_STALE_S * ms)).toBeUndefined();
  await addClient({ id });
  expect(await clientOf(db, id, now + CLIENT_STALE_S * ms)).toMatchObject({ id });
});

test("a database that is away is `unavailable`, and never a client", async () => {
  const { id } = await addClient();
  const { db, state } = counted();
  await clientOf(db, id, now);
  state.away = true;
  expect(await clientOf(db, id, now + 1)).toMatchObject({ id });
  const after = await clientOf(db, id, now + CLIENT_STALE_S * ms);
  expect(after).toMatchObject({ refused: "unavailable", reason: "database_away", retryAfterS: 2 });
});

test("a row that is not usable is `unavailable`, says why to the log, and is not remembered", async () => {
  const { id } = await addClient();
  const set = env.DB.prepare("UPDATE clients SET redirect_uris = ? WHERE id = ?");
  await set.bind('["cb"]', id).run();
  expect(await clientOf(env.DB, id, now)).toMatchObject({ reason: "client_row_unusable" });
  await set.bind('["https://acme.example/cb"]', id).run();
  expect(await clientOf(env.DB, id, now)).toMatchObject({ id });
});

test("strangers' ids fill no memory, and of many clients the oldest is read anew", async () => {
  const { db, state } = counted();
  const { id: first } = await addClient();
  await clientOf(db, first, now);
  for (let i = 0; i < CLIENTS_REMEMBERED_MAX; i++) await clientOf(db, `stranger${i}`, now);
  const before = state.questions;
  await clientOf(db, first, now);
  expect(state.questions).toBe(before);
  const rest = Array.from({ length: CLIENTS_REMEMBERED_MAX }, (_, i) => `${first}and${i}`);
  const copy =
    "INSERT INTO clients SELECT ?, name, redirect_uris, post_logout_redirect_uris, backchannel_logout_uri, auth, secret_hash, jwks, grants, scopes, claims_in_id_token FROM clients WHERE id = ?";
  await env.DB.batch(rest.map((id) => env.DB.prepare(copy).bind(id, first)));
  for (const id of rest) await clientOf(db, id, now);
  const full = state.questions;
  await clientOf(db, rest.at(-1) ?? "", now);
  expect(state.questions).toBe(full);
  await clientOf(db, first, now);
  expect(state.questions).toBe(full + 1);
});

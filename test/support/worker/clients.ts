/** Clients as the script makes them, in the database that the Worker reads. */
import { randomBytes } from "node:crypto";
import { env } from "cloudflare:workers";
import { newClient, type Wishes } from "../../../src/local/new-client.ts";
import { insertClient } from "../../../src/local/sql.ts";

export interface TestClient {
  readonly id: string;
  /** Where it has one. */
  readonly secret: string;
}

/** Under a random id by default; confidential, and at https://acme.example/cb. */
export async function addClient(wishes: Partial<Wishes> = {}): Promise<TestClient> {
  const id = `client${randomBytes(6).toString("hex")}`;
  const { row, madeSecret = "" } = newClient({
    id,
    name: "Acme",
    redirectUris: ["https://acme.example/cb"],
    ...wishes,
  });
  await env.DB.prepare(insertClient(row)).run();
  return { id: row.id, secret: wishes.secret ?? madeSecret };
}

export async function removeClient(id: string): Promise<void> {
  await env.DB.prepare("DELETE FROM clients WHERE id = ?").bind(id).run();
}

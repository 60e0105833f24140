/**
 * better-auth with its device authorization plugin, on Node's own SQLite in a file. Its rate
 * limiter is off (the bench is one address) and there is one user, signed up at the start.
 *
 * node server.ts PORT DATABASE_FILE
 */
import { createServer } from "node:http";
import { DatabaseSync } from "node:sqlite";
import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { toNodeHandler } from "better-auth/node";
import { bearer, deviceAuthorization } from "better-auth/plugins";

const [port, file = ""] = process.argv.slice(2);
const origin = `http://127.0.0.1:${port}`;

const database = new DatabaseSync(file);
// As durable as the others that claim it, and the faster of SQLite's ways to be so.
database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");

const auth = betterAuth({
  baseURL: origin,
  secret: "only ever used on loopback, thirty-two and more",
  database,
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  emailAndPassword: { enabled: true },
  plugins: [bearer(), deviceAuthorization({ verificationUri: "/device" })],
});
await (await getMigrations(auth.options)).runMigrations();
await auth.api.signUpEmail({
  body: { email: "ada@bench.invalid", password: "bench-only-password", name: "Ada" },
});
const handle = toNodeHandler(auth);
createServer((request, response) => void handle(request, response)).listen(
  Number(port),
  "127.0.0.1",
);

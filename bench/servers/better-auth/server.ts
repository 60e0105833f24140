/**
 * better-auth with its device authorization plugin, on Node's own SQLite in a file. Its rate
 * limiter is off (the bench is one address) and there is one user, signed up at the start.
 *
 * node server.ts PORT DATABASE_FILE
 */
import { createServer } from "node:http";
import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { toNodeHandler } from "better-auth/node";
import { bearer, deviceAuthorization } from "better-auth/plugins";
import { openDatabase, settings, user } from "./common.ts";

const [port, file = ""] = process.argv.slice(2);
const origin = `http://127.0.0.1:${port}`;

const database = openDatabase(file);
const auth = betterAuth({
  ...settings,
  baseURL: origin,
  database,
  plugins: [bearer(), deviceAuthorization({ verificationUri: "/device" })],
});
await (await getMigrations(auth.options)).runMigrations();
await auth.api.signUpEmail({
  body: user,
});
const handle = toNodeHandler(auth);
createServer((request, response) => void handle(request, response)).listen(
  Number(port),
  "127.0.0.1",
);

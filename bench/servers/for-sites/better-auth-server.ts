/**
 * better-auth with its OAuth provider plugin, on Node's own SQLite in a file. Its rate limiter is
 * off (the bench is one address); there is one user, signed up at the start, and one client that
 * needs no consent screen. Keys are RS256's, as everybody's here.
 *
 * node better-auth-server.ts PORT DATABASE_FILE
 */
import { createServer } from "node:http";
import { oauthProvider } from "@better-auth/oauth-provider";
import { betterAuth, type BetterAuthPlugin } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { toNodeHandler } from "better-auth/node";
import { jwt } from "better-auth/plugins";
import { openDatabase, settings, user } from "../better-auth/common.ts";
import { redirectUri } from "./party.ts";

const [port, file = ""] = process.argv.slice(2);
const origin = `http://127.0.0.1:${port}`;

const database = openDatabase(file);
const auth = betterAuth({
  ...settings,
  baseURL: origin,
  database,
  disabledPaths: ["/token"],
  plugins: [
    jwt({ jwks: { keyPairConfig: { alg: "RS256", modulusLength: 2048 } } }),
    // Its types are not meant for exactOptionalPropertyTypes.
    oauthProvider({ loginPage: "/login", consentPage: "/consent" }) as unknown as BetterAuthPlugin,
  ],
});
await (await getMigrations(auth.options)).runMigrations();
const { headers } = await auth.api.signUpEmail({
  body: user,
  returnHeaders: true,
});
const cookie = headers
  .getSetCookie()
  .map((it) => it.split(";")[0])
  .join("; ");
interface Clients {
  adminCreateOAuthClient(call: object): Promise<{ client_id: string; client_secret: string }>;
}
const clients = auth.api as unknown as Clients;
const { client_id: id, client_secret: secret } = await clients.adminCreateOAuthClient({
  headers: { cookie },
  body: {
    redirect_uris: [redirectUri],
    token_endpoint_auth_method: "client_secret_basic",
    skip_consent: true,
  },
});

const rows = database.prepare("SELECT total_changes() AS rows");
const handle = toNodeHandler(auth);
createServer((request, response) => {
  if (request.url === "/__client") return void response.end(JSON.stringify({ id, secret }));
  if (request.url === "/__rows") return void response.end(String(rows.get()?.["rows"]));
  void handle(request, response);
}).listen(Number(port), "127.0.0.1");

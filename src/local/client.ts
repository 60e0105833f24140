/**
 * `npm run -s client -- add|list|remove …`: prints the SQL that adds, lists or removes a site. It
 * prints only; what runs the SQL, and where, is yours to say. A secret that it makes is shown once,
 * on standard error: only its hash is stored.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { newClient } from "./new-client.ts";
import { insertClient, listClients, removeClient } from "./sql.ts";

const usage = `Usage:
  npm run -s client -- add --id ID [--name NAME] --redirect-uri URI... > client.sql
      [--post-logout-redirect-uri URI]... [--backchannel-logout-uri URI]
      [--auth client_secret_basic|client_secret_post|private_key_jwt|none]
      [--secret SECRET] [--jwks FILE] [--claims-in-id-token]
      [--grant authorization_code|refresh_token|device_code]... [--scope "openid profile"]
  npm run -s client -- remove --id ID > client.sql
  npm run -s client -- list
Run the SQL with: npx wrangler d1 execute DB --remote --file client.sql`;

const options = {
  id: { type: "string" },
  name: { type: "string" },
  "redirect-uri": { type: "string", multiple: true },
  "post-logout-redirect-uri": { type: "string", multiple: true },
  "backchannel-logout-uri": { type: "string" },
  auth: { type: "string" },
  grant: { type: "string", multiple: true },
  scope: { type: "string" },
  jwks: { type: "string" },
  secret: { type: "string" },
  "claims-in-id-token": { type: "boolean" },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>["values"];

const commands = {
  add(values: Values) {
    const { row, madeSecret } = newClient({
      id: values.id,
      name: values.name,
      redirectUris: values["redirect-uri"],
      postLogoutRedirectUris: values["post-logout-redirect-uri"],
      backchannelLogoutUri: values["backchannel-logout-uri"],
      auth: values.auth,
      grants: values.grant,
      scope: values.scope,
      jwks: values.jwks === undefined ? undefined : readFileSync(values.jwks, "utf8"),
      secret: values.secret,
      claimsInIdToken: values["claims-in-id-token"],
    });
    if (madeSecret !== undefined) {
      console.error(`The secret of ${row.id}, shown this once:\n${madeSecret}`);
    }
    return insertClient(row);
  },
  remove({ id }: Values) {
    if (id === undefined) throw new Error("--id says which client.");
    return removeClient(id);
  },
  list: () => listClients,
} as const;

try {
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const [given = "", ...rest] = positionals;
  if (rest.length > 0) throw new Error(`"${rest.join(" ")}" belongs to no option.`);
  const command = (["add", "list", "remove"] as const).find((it) => it === given);
  if (command === undefined) throw new Error("Say add, list or remove.");
  console.log(commands[command](values));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error(usage);
  process.exitCode = 1;
}

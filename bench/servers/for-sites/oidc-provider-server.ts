/**
 * oidc-provider's code flow, as its own documentation starts it: storage in memory. Added are a
 * client, an account for everybody, and a sign-in without a password or a consent screen. Its
 * access tokens are opaque as it comes; with `jwt` they are RFC 9068's, signed like ours.
 *
 * node oidc-provider-server.ts PORT opaque|jwt
 */
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import { Provider, type Adapter, type AdapterConstructor } from "oidc-provider";
import { benchClient, redirectUri } from "./party.ts";

const [port, kind] = process.argv.slice(2);
const origin = `http://127.0.0.1:${port}`;

const inMemory: string = "oidc-provider/lib/adapters/memory_adapter.js";
const { default: Memory } = (await import(inMemory)) as { default: AdapterConstructor };

let written = 0;
/** What it comes with, and a count of what is written. */
function counted(name: string): Adapter {
  const adapter = new Memory(name);
  for (const write of ["upsert", "consume", "destroy", "revokeByGrantId"] as const) {
    const uncounted = adapter[write].bind(adapter) as (...given: unknown[]) => Promise<undefined>;
    Object.assign(adapter, {
      [write]: (...given: unknown[]) => {
        written++;
        return uncounted(...given);
      },
    });
  }
  return adapter;
}

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const api = "https://api.acme.example";
const asJwt = {
  resourceIndicators: {
    enabled: true,
    defaultResource: () => api,
    useGrantedResource: () => true,
    getResourceServerInfo: () => ({
      scope: "openid",
      accessTokenFormat: "jwt" as const,
      jwt: { sign: { alg: "RS256" as const } },
    }),
  },
};

const provider = new Provider(origin, {
  adapter: counted,
  jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), use: "sig", alg: "RS256" }] },
  clients: [
    {
      client_id: benchClient.id,
      client_secret: benchClient.secret,
      token_endpoint_auth_method: "client_secret_basic",
      redirect_uris: [redirectUri],
      grant_types: ["authorization_code"],
      response_types: ["code"],
    },
  ],
  cookies: { keys: ["only ever used on loopback"] },
  features: { devInteractions: { enabled: false }, ...(kind === "jwt" && asJwt) },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
  async loadExistingGrant(ctx) {
    const { client: asking, session, provider: own } = ctx.oidc;
    if (!asking || !session?.accountId) return undefined;
    const grant = new own.Grant({ clientId: asking.clientId, accountId: session.accountId });
    grant.addOIDCScope("openid");
    grant.addResourceScope(api, "openid");
    await grant.save();
    return grant;
  },
});
const handle = provider.callback();
let people = 0;

createServer((asked, response) => {
  if (asked.url === "/__rows") return void response.end(String(written));
  if (!asked.url?.startsWith("/interaction/")) return void handle(asked, response);
  const login = { login: { accountId: `person-${people++ % 32}` } };
  provider.interactionFinished(asked, response, login).catch((error: unknown) => {
    response.writeHead(500).end(String(error));
  });
}).listen(Number(port), "127.0.0.1");

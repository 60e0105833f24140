/**
 * oidc-provider with its device flow, as its own documentation starts it: storage in memory. The
 * only things added are an account for everybody, a first-party client that needs no consent
 * screen, and a sign-in without a password, so that only the device flow is measured.
 *
 * node server.ts PORT
 */
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const port = Number(process.argv[2]);
const origin = `http://127.0.0.1:${port}`;

const provider = new Provider(origin, {
  clients: [
    {
      client_id: "bench",
      token_endpoint_auth_method: "none",
      application_type: "web",
      grant_types: ["urn:ietf:params:oauth:grant-type:device_code"],
      response_types: [],
      redirect_uris: [],
    },
  ],
  cookies: { keys: ["only ever used on loopback"] },
  features: { deviceFlow: { enabled: true }, devInteractions: { enabled: false } },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
  async loadExistingGrant(ctx) {
    const { client, session, provider: own } = ctx.oidc;
    if (!client || !session?.accountId) return undefined;
    const known = session.grantIdFor(client.clientId);
    if (known) return own.Grant.find(known);
    const grant = new own.Grant({ clientId: client.clientId, accountId: session.accountId });
    grant.addOIDCScope("openid");
    await grant.save();
    return grant;
  },
});
const handle = provider.callback();

createServer((request, response) => {
  if (!request.url?.startsWith("/interaction/")) return void handle(request, response);
  const login = { login: { accountId: "person-1" } };
  provider.interactionFinished(request, response, login).catch((error: unknown) => {
    response.writeHead(500).end(String(error));
  });
}).listen(port, "127.0.0.1");

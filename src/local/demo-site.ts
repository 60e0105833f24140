/**
 * A website that signs its users in by scan: all that it takes, with openid-client and Node's own
 * http server. `npm start` runs it. Copy it, and give it your own sessions and pages.
 *
 * At scan-login the site was added with:
 *   npm run -s client -- add --id demo --name "Demo site" --redirect-uri http://localhost/callback
 *     --post-logout-redirect-uri http://localhost/ --scope "openid profile email"
 */
import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import * as oidc from "openid-client";
import { pageFor } from "./demo-page.ts";

export interface Options {
  /** Where scan-login is: `https://login.your-company.example`. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Taken if it is free; else another. */
  readonly port: number;
}

/** What the site knows of a browser, by the random name in its cookie: your database's business. */
type Session =
  /** On its way: only the answer to what this very browser asked counts. */
  | { readonly state: string; readonly nonce: string; readonly verifier: string }
  | { readonly user: oidc.UserInfoResponse; readonly idToken: string };

const sessions = new Map<string, Session>();
const COOKIE = "demo-site";

/** @returns its address, once it listens */
export async function startDemoSite(options: Options): Promise<string> {
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      console.error(error);
      send(response, 400, pageFor(request, { error }));
    });
  });
  const listens = new Promise((resolve) => server.once("listening", resolve));
  server.once("error", () => server.listen(0, "localhost"));
  server.listen(options.port, "localhost");
  await listens;
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  return origin;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", origin);
    switch (`${request.method} ${url.pathname}`) {
      case "GET /":
        return send(response, 200, pageFor(request, userOf(request)));
      case "GET /sign-in":
        return redirect(response, await askWho(response));
      case "GET /callback":
        await welcome(request, response, url);
        return redirect(response, new URL("/", origin));
      case "POST /sign-out":
        return redirect(response, await signOut(request));
      default:
        return send(response, 404, pageFor(request, {}));
    }
  }

  /** To scan-login's page; from there the browser comes back to /callback. */
  async function askWho(response: ServerResponse): Promise<URL> {
    const verifier = oidc.randomPKCECodeVerifier();
    const [state, nonce] = [oidc.randomState(), oidc.randomNonce()];
    begin(response, { state, nonce, verifier });
    return oidc.buildAuthorizationUrl(await provider(), {
      redirect_uri: `${origin}/callback`,
      scope: "openid profile email",
      state,
      nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
    });
  }

  /** openid-client checks what came: issuer, state, nonce, times. A user's "no" is thrown as well. */
  async function welcome(request: IncomingMessage, response: ServerResponse, url: URL) {
    const asked = end(request);
    if (asked === undefined || !("state" in asked)) throw new Error("not asked for");
    const config = await provider();
    const tokens = await oidc.authorizationCodeGrant(config, url, {
      expectedState: asked.state,
      expectedNonce: asked.nonce,
      pkceCodeVerifier: asked.verifier,
      idTokenExpected: true,
    });
    const { id_token: idToken = "", access_token } = tokens;
    const user = await oidc.fetchUserInfo(config, access_token, tokens.claims()?.sub ?? "");
    begin(response, { user, idToken });
  }

  /** Here, and at scan-login, which leads back to our front page. */
  async function signOut(request: IncomingMessage): Promise<URL> {
    const session = end(request);
    if (session === undefined || !("user" in session)) return new URL("/", origin);
    return oidc.buildEndSessionUrl(await provider(), {
      id_token_hint: session.idToken,
      post_logout_redirect_uri: `${origin}/`,
    });
  }

  /** What scan-login says of itself, at /.well-known/openid-configuration. */
  function provider(): Promise<oidc.Configuration> {
    const { issuer, clientId, clientSecret } = options;
    // For a scan-login on this machine; leave it out, and everything must be https.
    const execute = issuer.startsWith("http:") ? [oidc.allowInsecureRequests] : [];
    const proof = oidc.ClientSecretBasic(clientSecret);
    return oidc.discovery(new URL(issuer), clientId, clientSecret, proof, { execute });
  }
}

/** A new name each time somebody signs in: one that was known before must not become theirs. */
function begin(response: ServerResponse, session: Session): void {
  const name = randomBytes(32).toString("base64url");
  sessions.set(name, session);
  // Lax, as the browser comes back from another site. On https also Secure.
  response.setHeader("Set-Cookie", `${COOKIE}=${name}; Path=/; HttpOnly; SameSite=Lax`);
}

function end(request: IncomingMessage): Session | undefined {
  const name = nameIn(request);
  const session = sessions.get(name);
  sessions.delete(name);
  return session;
}

function userOf(request: IncomingMessage): { readonly user?: oidc.UserInfoResponse } {
  const session = sessions.get(nameIn(request));
  return session && "user" in session ? { user: session.user } : {};
}

function nameIn({ headers: { cookie = "" } }: IncomingMessage): string {
  const pairs = cookie.split("; ").map((pair) => pair.split("="));
  return pairs.find(([name]) => name === COOKIE)?.[1] ?? "";
}

function send(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, { "Content-Type": "text/html; charset=utf-8" }).end(html);
}

function redirect(response: ServerResponse, to: URL): void {
  response.writeHead(303, { Location: to.href }).end();
}

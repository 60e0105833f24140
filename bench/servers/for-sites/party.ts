/** A provider that signs a website's users in: the one shape in which the bench sees all of them. */
import { createHash, randomBytes } from "node:crypto";
import type { Person } from "../../lib/person.ts";

export interface Provider {
  readonly name: string;
  readonly durability: string;
  /** What its token answer has to sign. */
  readonly signs: string;
  readonly origin: string;
  pids(): readonly number[];
  /** From the site's request to the code: the page, and whatever its user does to say yes. */
  authorize(browser: Person, phone: Person): Promise<string>;
  /** What the site's server proves itself with, and where. */
  readonly client: Client;
  readonly tokenPath: string;
  /** What was written so far, in rows or calls of its storage; absent where that is counted elsewhere. */
  rows?(): Promise<number>;
  readonly stop: () => Promise<void>;
}

export interface Client {
  readonly id: string;
  readonly secret: string;
}

/** Where the party lets us choose. */
export const benchClient: Client = {
  id: "bench",
  secret: "benchonly0123456789abcdefghijklmnopqrstuvwxyzABCDEF",
};
export const redirectUri = "https://acme.example/cb";

const verifier = randomBytes(32).toString("base64url");

/** The same from every party: code flow with PKCE. */
export function request({ id }: Client): string {
  return new URLSearchParams({
    client_id: id,
    redirect_uri: redirectUri,
    response_type: "code",
    scope: "openid",
    state: randomBytes(8).toString("hex"),
    nonce: randomBytes(8).toString("hex"),
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
  }).toString();
}

/** @returns the code, from the address that the browser is sent back to */
export function codeIn(location: string | undefined): string {
  const code = location?.startsWith(redirectUri) && new URL(location).searchParams.get("code");
  if (!code) throw new Error(`no code in ${location}`);
  return code;
}

/** By an id token and an access token it is known that it worked. */
export async function exchange(
  site: Person,
  { client, tokenPath }: Provider,
  code: string,
): Promise<void> {
  const basic = Buffer.from(`${client.id}:${client.secret}`).toString("base64");
  const body = new URLSearchParams({
    grant_type: "authorization_code",
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
  });
  const headers = { authorization: `Basic ${basic}` };
  const tokens = await site.json<Record<string, string>>("POST", tokenPath, { headers, body });
  const [head = ""] = (tokens["id_token"] ?? "").split(".");
  const { alg } = JSON.parse(Buffer.from(head, "base64url").toString()) as { alg?: string };
  if (alg !== "RS256" || !tokens["access_token"]) throw new Error("not the tokens asked for");
}

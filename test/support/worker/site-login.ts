/** A site that signs somebody in through this deployment, step by step, over HTTP only. */
import { createHash, randomBytes } from "node:crypto";
import { exports } from "cloudflare:workers";
import { expect } from "vitest";
import type { RedeemedForSite } from "../../../src/login/view.ts";
import { Browser, newPhone, ORIGIN, type Listener, type Phone } from "./parties.ts";
import type { TestClient } from "./clients.ts";

export const REDIRECT_URI = "https://acme.example/cb";

export interface Verifier {
  readonly verifier: string;
  readonly challenge: string;
}

export function newVerifier(): Verifier {
  const verifier = randomBytes(32).toString("base64url");
  return { verifier, challenge: createHash("sha256").update(verifier).digest("base64url") };
}

export type Parameters = Readonly<Record<string, string | undefined>>;

/** Of a plain request of this client; with `undefined` a parameter is left out. */
export function authorizeUrl(client: TestClient, more: Parameters = {}): string {
  const all = {
    client_id: client.id,
    redirect_uri: REDIRECT_URI,
    response_type: "code",
    scope: "openid",
    state: "state-1",
    ...more,
  };
  return `/oauth/authorize?${search(all)}`;
}

export function search(parameters: Parameters): string {
  const given = Object.entries(parameters).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return new URLSearchParams(given).toString();
}

/** The login page of a site, as its browser has it. */
export interface SitePage {
  readonly browser: Browser;
  readonly uuid: string;
  /** What goes back with the ticket. */
  readonly request: string;
  readonly html: string;
}

export async function openPage(path: string, browser = new Browser()): Promise<SitePage> {
  const response = await browser.fetch(path);
  const html = await response.text();
  expect(response.status, html).toBe(200);
  return {
    browser,
    uuid: attribute(html, "data-uuid"),
    request: attribute(html, "data-request"),
    html,
  };
}

export interface Approved extends SitePage {
  readonly listener: Listener;
  readonly ticket: string;
  readonly time: number;
}

/** Scanned and confirmed; not redeemed yet. */
export async function approve(page: SitePage, by?: Phone): Promise<Approved> {
  const phone = by ?? (await newPhone());
  const listener = await page.browser.listen(page.uuid);
  await listener.until("pending");
  expect((await phone.scan(page.uuid)).status).toBe(200);
  expect((await phone.confirm(page.uuid)).status).toBe(200);
  const { ticket = "", time = 0 } = await listener.until("confirmed");
  return { ...page, listener, ticket, time };
}

export function redeem({ browser, uuid, request, ticket, time }: Approved): Promise<Response> {
  return browser.post("/oauth/redeem", { uuid, request, ticket, time });
}

/** The address that the login page takes its browser to. */
export async function onward(response: Response): Promise<URL> {
  const { redirect_to } = await response.json<RedeemedForSite>();
  return new URL(redirect_to);
}

/**
 * What the site is told, and that it is told at its registered address: by a query, or by a form,
 * and then in the body alone.
 */
export async function toldToSite(response: Response): Promise<Partial<Record<string, string>>> {
  const location = response.headers.get("Location");
  if (location !== null) return queryOf(location);
  const body = await response.text();
  expect(response.status, body).toBe(200);
  if (body.startsWith("{")) {
    const { redirect_to, form } = JSON.parse(body) as RedeemedForSite;
    if (form === undefined) return queryOf(redirect_to);
    expect(redirect_to).toBe(REDIRECT_URI);
    return form;
  }
  expect(body).toContain(`method="post" action="${REDIRECT_URI}"`);
  const inputs = body.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g);
  return Object.fromEntries([...inputs].map(([, name = "", value = ""]) => [name, plain(value)]));
}

function queryOf(location: string): Record<string, string> {
  const url = new URL(location);
  expect(url.origin + url.pathname).toBe(REDIRECT_URI);
  return Object.fromEntries(url.searchParams);
}

/** From the request to the code. */
export async function codeOf(
  client: TestClient,
  more: Parameters = {},
  by?: Phone,
): Promise<string> {
  const page = await openPage(authorizeUrl(client, more));
  const { code = "" } = await toldToSite(await redeem(await approve(page, by)));
  return code;
}

/** A call of the site's server, which has no cookies and no origin. */
export function callFromSite(
  path: string,
  fields: Parameters,
  headers: Record<string, string> = {},
): Promise<Response> {
  return exports.default.fetch(ORIGIN + path, {
    method: "POST",
    headers: { "Content-Type": "application/x-www-form-urlencoded", ...headers },
    body: search(fields),
  });
}

export function basic({ id, secret }: TestClient): Record<string, string> {
  return { Authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}` };
}

export function exchange(client: TestClient, code: string, more: Parameters = {}) {
  const fields = { grant_type: "authorization_code", code, redirect_uri: REDIRECT_URI, ...more };
  return callFromSite("/oauth/token", fields, basic(client));
}

export interface Tokens {
  readonly access_token: string;
  readonly token_type: string;
  readonly expires_in: number;
  readonly scope: string;
  readonly id_token: string;
  readonly refresh_token: string;
}

export async function tokensOf(
  client: TestClient,
  more: Parameters = {},
  by?: Phone,
): Promise<Tokens> {
  const response = await exchange(client, await codeOf(client, more, by));
  expect(response.status).toBe(200);
  return response.json();
}

/** Holds a response against RFC 6749, section 5.2. */
export async function expectOAuthError(
  response: Response,
  error: string,
  status: number = 400,
): Promise<void> {
  const body = await response.json<{ error: string; error_description: string }>();
  expect([response.status, body.error]).toEqual([status, error]);
  expect(body.error_description).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
  expect(response.headers.get("Content-Type")).toMatch(/^application\/json/);
  expect(response.headers.get("Cache-Control")).toBe("no-store");
}

export function userinfo(token: string): Promise<Response> {
  return exports.default.fetch(`${ORIGIN}/oauth/userinfo`, {
    headers: { Authorization: `Bearer ${token}` },
  });
}

/** What a token says, unverified. */
export function claimsIn(token: string): Record<string, unknown> {
  return partOf(token, 1);
}

export function headerOf(token: string): Record<string, unknown> {
  return partOf(token, 0);
}

function partOf(token: string, index: number): Record<string, unknown> {
  const text = Buffer.from(token.split(".")[index] ?? "", "base64url").toString();
  return JSON.parse(text) as Record<string, unknown>;
}

function attribute(html: string, name: string): string {
  const [, value = ""] = new RegExp(`${name}="([^"]*)"`).exec(html) ?? [];
  return plain(value);
}

function plain(escaped: string): string {
  return escaped.replaceAll("&amp;", "&").replaceAll("&#39;", "'").replaceAll("&quot;", '"');
}

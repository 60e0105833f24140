/** This project as a provider for websites: a scan and a yes on a phone that is signed in. */
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { makeSigningKeys } from "../../../src/local/make-signing-keys.ts";
import { newClient } from "../../../src/local/new-client.ts";
import type { Issuer } from "../../lib/issuer.ts";
import { cookiesOf, type Person } from "../../lib/person.ts";
import { hangUp } from "../../lib/party.ts";
import { serve } from "../../lib/workerd.ts";
import { bundleThisProject, type Counts } from "../this-project.ts";
import { benchClient, codeIn, redirectUri, request, type Provider } from "./party.ts";

export interface Options {
  readonly name: string;
  readonly storage: "disk" | "memory";
  readonly counting?: boolean;
}

const beside = (file: string) => fileURLToPath(new URL(`../this-project/${file}`, import.meta.url));

export async function startThisProvider(issuer: Issuer, options: Options): Promise<Provider> {
  const { name, storage, counting = false } = options;
  const { row } = newClient({
    id: benchClient.id,
    name: "Bench",
    redirectUris: [redirectUri],
    secret: benchClient.secret,
  });
  const worker = await serve({
    name,
    code: await bundleThisProject(),
    storage,
    wrapper: beside(counting ? "for-sites-counting.js" : "for-sites.js"),
    beside: [beside("one-client.js"), ...(counting ? [beside("counting.js")] : [])],
    vars: {
      SECRET: randomBytes(32).toString("base64url"),
      SIGNING_KEYS: await makeSigningKeys("RS256"),
      CLIENT: JSON.stringify(row),
      IDENTITY: "jwks",
      JWKS_URL: issuer.jwksUrl,
      JWKS_ISSUER: issuer.issuer,
      JWKS_AUDIENCE: issuer.audience,
      // So that wiping falls into the time that is counted.
      SCAN_WITHIN_S: "60",
    },
  });
  return {
    name,
    durability: storage === "disk" ? "on disk, fsync per change" : "in memory",
    signs: "id token, access token",
    origin: worker.origin,
    pids: () => [worker.pid],
    stop: worker.stop,
    client: benchClient,
    tokenPath: "/oauth/token",
    authorize: (browser, phone) => authorize(browser, phone, issuer.token()),
    ...(counting && {
      async rows() {
        const { rows } = (await (await fetch(`${worker.origin}/__counts`)).json()) as Counts;
        return Object.values(rows).reduce((sum, count) => sum + count, 0);
      },
    }),
  };
}

interface View {
  readonly state: string;
  readonly ticket?: string;
  readonly time?: number;
}

async function authorize(browser: Person, phone: Person, token: string): Promise<string> {
  const page = await browser.ask("GET", `/oauth/authorize?${request(benchClient)}`);
  const of = (name: string) =>
    new RegExp(`data-${name}="([^"]*)"`).exec(page.text)?.[1]?.replaceAll("&amp;", "&") ?? "";
  const uuid = of("uuid");
  if (page.status !== 200 || uuid === "") throw new Error(`authorize answered ${page.status}`);
  const own = { cookie: cookiesOf(page), origin: browser.origin };
  const waits = Promise.withResolvers<void>();
  const confirmed = Promise.withResolvers<View>();
  const socket = await browser.listen(`/qrcode/ws?uuid=${uuid}`, own, (text) => {
    const view = JSON.parse(text) as View;
    waits.resolve();
    if (view.state === "confirmed") confirmed.resolve(view);
  });
  try {
    await waits.promise;
    const headers = { authorization: `Bearer ${token}` };
    await phone.json("POST", `/qrcode/scan?uuid=${uuid}`, { headers });
    await phone.json("POST", `/qrcode/confirm?uuid=${uuid}`, { headers });
    const { ticket, time } = await confirmed.promise;
    const body = { uuid, request: of("request"), ticket, time };
    const answer = await browser.json<{ redirect_to: string }>("POST", "/oauth/redeem", {
      headers: own,
      body,
    });
    return codeIn(answer.redirect_to);
  } finally {
    hangUp(socket);
  }
}

/**
 * The libraries that sites have already, unmodified, each set up by its recipe in docs/OPENID.md: a
 * user signs in by a code on the screen, the site knows who came, and the user signs out.
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect, onTestFinished, test } from "vitest";
import { button } from "../support/people.ts";
import { recipe, Site, type Recipe } from "../support/recipes.ts";
import { grantEnds, nameAt, signInByScan } from "../support/sites.ts";
import { useStage } from "../support/stage.ts";

const stage = useStage();
const packages = join(import.meta.dirname, "../../node_modules");

/** Starts the recipe's own server, which listens at the port that its environment names. */
async function startServer(of: Recipe, ...more: readonly (readonly [string, string])[]) {
  const site = new Site(of);
  site.write("recipe.mjs", of.code("js"));
  for (const [name, text] of more) site.write(name, text);
  const [entry = "recipe.mjs"] = more.map(([name]) => name);
  await site.start(process.execPath, entry);
  return site;
}

/** The page that a recipe's module is for. */
async function servePage(of: Recipe): Promise<void> {
  const html = `<!doctype html><title>Acme</title>
    <script type="importmap">
      { "imports": { "oidc-client-ts": "/oidc-client-ts/dist/esm/oidc-client-ts.js",
                     "jwt-decode": "/jwt-decode/build/esm/index.js" } }
    </script>
    <p></p><button id="in">Sign in</button><button id="out">Sign out</button>
    <button id="refresh">Refresh</button>
    <script type="module">
      import * as site from "/recipe.js";
      const tell = (user) => {
        document.querySelector("p").textContent = user ? "Hello, " + user.profile.name : "Nobody";
        window.user = user;
      };
      document.querySelector("#in").onclick = site.signIn;
      document.querySelector("#out").onclick = site.signOut;
      document.querySelector("#refresh").onclick = async () => tell(await site.refresh());
      tell(await site.whoIsHere());
    </script>`;
  const server = createServer(({ url = "" }, response) => {
    const { pathname } = new URL(url, of.site);
    if (!pathname.endsWith(".js")) return response.setHeader("Content-Type", "text/html").end(html);
    response.setHeader("Content-Type", "text/javascript");
    const isRecipe = pathname === "/recipe.js";
    return response.end(isRecipe ? of.code("js") : readFileSync(join(packages, pathname)));
  });
  await new Promise<void>((resolve) => server.listen(Number(of.port), "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
}

test("oidc-client-ts: a page on another origin signs in, refreshes, and signs out", async () => {
  const acme = await recipe(stage.server, "oidc-client-ts (in the page)");
  await servePage(acme);
  const desktop = await stage.desktop();
  const faults: string[] = [];
  desktop.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  await desktop.goto(acme.site);
  await desktop.getByText("Nobody").waitFor();

  await signInByScan(stage, desktop, () => button(desktop, "Sign in").click());
  await desktop.getByText("Hello, Ada Lovelace").waitFor();
  expect(desktop.url()).toBe(`${acme.site}/`);
  const before = await tokensOf(desktop);
  // The library leaves signatures alone; a page that does not can have the keys.
  const keys = `${stage.origin}/oauth/jwks`;
  expect(await desktop.evaluate(async (url) => (await fetch(url)).status, keys)).toBe(200);

  const told = desktop.waitForResponse(`${stage.origin}/oauth/token`);
  await button(desktop, "Refresh").click();
  expect((await told).status()).toBe(200);
  await expect.poll(() => tokensOf(desktop)).not.toEqual(before);
  const { access_token, refresh_token } = await tokensOf(desktop);
  expect(refresh_token).not.toBe(before.refresh_token);
  await desktop.getByText("Hello, Ada Lovelace").waitFor();

  await button(desktop, "Sign out").click();
  await desktop.getByText("Nobody").waitFor();
  expect(desktop.url()).toBe(`${acme.site}/`);
  const Authorization = `Bearer ${access_token}`;
  const late = await fetch(`${stage.origin}/oauth/userinfo`, { headers: { Authorization } });
  expect(late.status).toBe(401);
  await grantEnds(stage, acme);
  expect(faults).toEqual([]);
});

interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
}

function tokensOf(page: Page): Promise<Tokens> {
  return page.evaluate(() => {
    const { access_token, refresh_token } = (globalThis as unknown as { user: Tokens }).user;
    return { access_token, refresh_token };
  });
}

/** What a framework's package of Auth.js does: requests and answers as the Fetch standard has them. */
const fetchServer = `
  import { createServer } from "node:http";
  import { handle } from "./recipe.mjs";
  createServer(async (incoming, outgoing) => {
    const { method, headers, url } = incoming;
    const body = method === "POST" ? await new Response(incoming).text() : undefined;
    const request = new Request(new URL(url, "http://" + headers.host), { method, headers, body });
    const response = await handle(request);
    outgoing.writeHead(response.status, [...response.headers].flat());
    outgoing.end(await response.text());
  }).listen(process.env.PORT);
`;

test("@auth/core: signs in, knows who came, and signs out", async () => {
  const acme = await recipe(stage.server, "Auth.js");
  await startServer(acme, ["server.mjs", fetchServer]);
  const desktop = await stage.desktop();
  const session = async () => {
    await desktop.goto(`${acme.site}/auth/session`);
    return JSON.parse(await desktop.locator("body").innerText()) as unknown;
  };
  await desktop.goto(`${acme.site}/auth/signin?callbackUrl=/auth/session`);
  await signInByScan(stage, desktop, () => button(desktop, "Sign in with Scan").click());
  await desktop.waitForURL(`${acme.site}/auth/session`);
  const user = {
    name: "Ada Lovelace",
    email: "ada@example.com",
    image: `${stage.origin}/avatars/ada.svg`,
  };
  expect(await session()).toMatchObject({ user });

  await desktop.goto(`${acme.site}/auth/signout?callbackUrl=/auth/session`);
  await button(desktop, "Sign out").click();
  await desktop.waitForURL((url) => !url.pathname.endsWith("/signout"));
  expect(await session()).toBeNull();
  await grantEnds(stage, acme);
});

test("passport-openidconnect: signs in, knows who came, and signs out", async () => {
  const acme = await recipe(stage.server, "Passport (passport-openidconnect)");
  await startServer(acme);
  const desktop = await stage.desktop();
  await signInByScan(stage, desktop, () => desktop.goto(`${acme.site}/login`));
  await desktop.waitForURL(`${acme.site}/`);
  expect(await nameAt(desktop)).toBe("Ada Lovelace");
  await desktop.setContent(`<form method="post" action="${acme.site}/logout"><button>Out</button>`);
  await button(desktop, "Out").click();
  await desktop.waitForURL(`${acme.site}/`);
  expect(await nameAt(desktop)).toBeNull();
  await grantEnds(stage, acme);
});

/**
 * The clients that Debian packages, unmodified, each set up by its recipe in docs/OPENID.md. They are
 * no npm packages, so `npm test` goes without them: `test/debian/run` installs them and runs this.
 */
import { chmodSync } from "node:fs";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { recipe, Site } from "../support/recipes.ts";
import { grantEnds, nameAt, signInByScan } from "../support/sites.ts";
import { useStage } from "../support/stage.ts";

const stage = useStage();

const modules = ["mpm_event", "authn_core", "authz_core", "authz_user", "dir", "include", "mime"];

test("mod_auth_openidc: Apache signs its user in, refreshes, and signs out", async () => {
  const acme = await recipe(stage.server, "Apache (mod_auth_openidc)");
  const site = new Site(acme);
  const loaded = [...modules, "auth_openidc"].map(
    (name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`,
  );
  site.write(
    "apache.conf",
    `${loaded.join("\n")}
    ServerRoot ${site.folder}
    ServerName ${acme.site}
    Listen 127.0.0.1:${acme.port}
    PidFile apache.pid
    ErrorLog "|/bin/cat"
    User www-data
    Group www-data
    DocumentRoot ${site.folder}
    TypesConfig /dev/null
    DirectoryIndex index.shtml
    <Directory ${site.folder}>
      Options +Includes
      AddType text/html .shtml
      AddOutputFilter INCLUDES .shtml
    </Directory>
    ${acme.code("apache")}`,
  );
  const shown = ["OIDC_CLAIM_name", "REMOTE_USER", "OIDC_access_token"].map(echo);
  site.write("index.shtml", `{ ${shown.join(",")} }`);
  site.write("bye", "Bye");
  // Its workers are not root.
  chmodSync(site.folder, 0o755);
  await site.start("/usr/sbin/apache2", "-f", `${site.folder}/apache.conf`, "-DFOREGROUND");
  const desktop = await stage.desktop();
  await signInByScan(stage, desktop, () => desktop.goto(acme.site));
  await desktop.waitForURL(`${acme.site}/`);
  const before = await variablesAt(desktop);
  expect(before).toMatchObject({
    OIDC_CLAIM_name: "Ada Lovelace",
    REMOTE_USER: `demo-ada@${stage.origin}`,
  });

  const { OIDC_access_token: access_token = "" } = before;
  const refresh = new URLSearchParams({ refresh: `${acme.site}/`, access_token });
  await desktop.goto(`${acme.site}/cb?${refresh.toString()}`);
  await desktop.waitForURL(`${acme.site}/`);
  const after = await variablesAt(desktop);
  expect(after["REMOTE_USER"]).toBe(before["REMOTE_USER"]);
  expect(after["OIDC_access_token"]).not.toBe(access_token);

  await desktop.goto(`${acme.site}/cb?logout=${encodeURIComponent(`${acme.site}/bye`)}`);
  await desktop.waitForURL(`${acme.site}/bye`);
  await grantEnds(stage, acme);
  await desktop.goto(acme.site);
  expect(new URL(desktop.url()).origin).toBe(stage.origin);
});

/** A member of a JSON object, filled in by Apache (mod_include). */
function echo(name: string): string {
  return `"${name}": "<!--#echo encoding="none" var="${name}" -->"`;
}

async function variablesAt(page: Page): Promise<Record<string, string>> {
  return JSON.parse(await page.locator("body").innerText()) as Record<string, string>;
}

/** The least of a Django project around the recipe's views. */
const project = `
import os, sys
from django.conf import settings
from django.core.management import execute_from_command_line
from django.urls import path

settings.configure(
    SECRET_KEY=os.environ["SITE_SECRET"],
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware"],
    SESSION_ENGINE="django.contrib.sessions.backends.cache",
)
import views
urlpatterns = [
    path("", views.home),
    path("login", views.login),
    path("cb", views.callback),
    path("refresh", views.refresh),
    path("logout", views.logout),
]
execute_from_command_line([sys.argv[0], "runserver", "--noreload", "127.0.0.1:" + os.environ["PORT"]])
`;

test("Authlib: a Django site signs its user in, refreshes, and signs out", async () => {
  const acme = await recipe(stage.server, "Django (Authlib)");
  const site = new Site(acme);
  site.write("views.py", acme.code("python"));
  site.write("project.py", project);
  await site.start("/usr/bin/python3", "project.py");
  const desktop = await stage.desktop();
  await signInByScan(stage, desktop, () => desktop.goto(`${acme.site}/login`));
  await desktop.waitForURL(`${acme.site}/`);
  expect(await nameAt(desktop)).toBe("Ada Lovelace");
  for (const path of ["/refresh", "/refresh"]) {
    const answer = await desktop.goto(acme.site + path);
    expect([answer?.status(), await nameAt(desktop)]).toEqual([200, "Ada Lovelace"]);
  }
  await desktop.goto(`${acme.site}/logout`);
  await desktop.waitForURL(`${acme.site}/`);
  expect(await nameAt(desktop)).toBeNull();
  const late = await desktop.goto(`${acme.site}/refresh`);
  expect(late?.status()).toBe(500);
});

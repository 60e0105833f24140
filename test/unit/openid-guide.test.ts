/** What docs/OPENID.md says of its recipes: which are run, and what is quoted. */
import { expect, test } from "vitest";
import { blocks, page, section } from "../support/docs.ts";

const [, ...recipes] = section("docs/OPENID.md", "Recipes").split("\n### ");

/** However deep it is nested. */
function flat(text: string): string {
  return text.replaceAll(/^ +/gm, "");
}

test("openid-client's recipe is the demo site's own text", () => {
  const recipe = recipes.find((it) => it.startsWith("openid-client (Node)\n")) ?? "";
  const [code = ""] = blocks(recipe, "ts");
  expect(code.length).toBeGreaterThan(1000);
  expect(flat(page("src/local/demo-site.ts"))).toContain(flat(code));
});

test("every recipe says at its end what runs it, which does, or that nothing here does", () => {
  const said = recipes.map((recipe) => {
    const [heading = "", ...lines] = recipe.trim().split("\n");
    const [, file] = /^Run\b.*? by `(test\/[\w/.-]+)`/.exec(lines.at(-1) ?? "") ?? [];
    if (file !== undefined) expect(page(file)).toContain(callOf(heading));
    else expect(lines.at(-1)).toMatch(/^Not run here: /);
    return [heading, file !== undefined];
  });
  expect(said).toEqual([
    ["openid-client (Node)", true],
    ["oidc-client-ts (in the page)", true],
    ["Auth.js", true],
    ["Passport (passport-openidconnect)", true],
    ["Apache (mod_auth_openidc)", true],
    ["Django (Authlib)", true],
    ["Spring Boot", false],
  ]);
});

/** What a test that runs it has in its text. */
function callOf(heading: string): string {
  if (heading.startsWith("openid-client")) return "Demo site";
  return `recipe(stage.server, "${heading}")`;
}

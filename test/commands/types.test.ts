import { expect, onTestFinished, test } from "vitest";
import { Workshop } from "../support/workshop.ts";

test("a variable set in wrangler.toml for the first time does not fail the check of the types", async () => {
  const workshop = new Workshop();
  onTestFinished(() => workshop.remove());
  const config = workshop.read("wrangler.toml");
  workshop.write("wrangler.toml", `${config}\n[vars]\nSITE_NAME = "Acme"\n`);
  await workshop.sh("npm run -s check:types");
  expect(workshop.read("src/env.d.ts")).toContain('SITE_NAME: "Acme"');
});

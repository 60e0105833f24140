/** What README.md and docs/APPS.md tell people to type does what they say, typed into a shell. */
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { accountToken } from "../support/http-login.ts";
import { blocks, page, section } from "../support/docs.ts";
import { Server } from "../support/server.ts";
import { Workshop } from "../support/workshop.ts";

const ENDS_WITHIN_MS = 60_000;

let server: Server;
let workshop: Workshop;

beforeAll(async () => {
  workshop = new Workshop();
  server = await Server.start({}, ["npm", "start", "--"]);
});

afterAll(async () => {
  await server.remove();
  workshop.remove();
});

test("the login with curl signs a browser in, and the phone hears of it", async () => {
  const lines = blocks(section("docs/APPS.md", "Try it with curl"), "sh").join("\n");
  expect(lines).toContain("http://localhost:8787");
  const said = await workshop.sh(lines.replaceAll("http://localhost:8787", server.origin));
  const { host } = new URL(server.origin);
  const answers = said.trim().split(/(?<=\})(?=\{)/);
  expect(answers.map((it) => JSON.parse(it) as unknown)).toEqual([
    expect.objectContaining({ state: "pending", poll_after: 2 }),
    expect.objectContaining({ state: "scanned", site: { name: host, host } }),
    { state: "confirmed", expires_in: 30 },
    { return_to: "/" },
    expect.objectContaining({ user: expect.objectContaining({ name: "Ada Lovelace" }) as unknown }),
    expect.objectContaining({ state: "redeemed", poll_after: 1 }),
  ]);
});

test("the account that is added with README's lines can sign in", async () => {
  const lines = blocks(page("README.md"), "sh").find((it) => it.includes("account")) ?? "";
  expect(lines).toContain(" --remote ");
  const local = lines.replace("--remote", `--local --persist-to ${server.storage}`);
  await workshop.sh(local, "correct horse battery\n");
  expect(() => workshop.read("account.sql")).toThrow("ENOENT");
  expect(await accountToken(server.origin, "grace", "correct horse battery")).toMatch(/^eyJ/);
});

test("the site that is added with README's lines may ask for a login, and is named", async () => {
  const lines = blocks(page("README.md"), "sh").find((it) => it.includes("client -- add")) ?? "";
  const added = lines.split("\n").filter((line) => line.includes("acme.sql"));
  const local = added.join("\n").replace("--remote", `--local --persist-to ${server.storage}`);
  expect(local).toContain("d1 execute");
  await workshop.sh(local);
  const asked = new URLSearchParams({
    client_id: "acme",
    redirect_uri: "https://acme.example/callback",
    response_type: "code",
    scope: "openid",
  });
  const response = await fetch(`${server.origin}/oauth/authorize?${asked.toString()}`);
  expect([response.status, await response.text()]).toEqual([200, expect.stringContaining("Acme")]);
});

test("npm start, ended by SIGTERM to npm, leaves no process and no listener behind", async () => {
  const { pid, origin } = server;
  expect(isAnyLeft(pid)).toBe(true);
  process.kill(pid, "SIGTERM");
  await vi.waitFor(() => expect(isAnyLeft(pid)).toBe(false), ENDS_WITHIN_MS);
  await expect(fetch(origin)).rejects.toThrow("fetch failed");
});

/** Is anything of this process group alive? */
function isAnyLeft(group: number): boolean {
  try {
    return process.kill(-group, 0);
  } catch {
    return false;
  }
}

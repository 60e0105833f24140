import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Browser, newAccount, newPhone, Phone, phoneOf } from "../support/worker/parties.ts";
import { stageAt, withBindings } from "../support/worker/stages.ts";

let said: string[] = [];

beforeEach(() => {
  said = [];
  for (const method of ["log", "info", "warn", "error", "debug"] as const) {
    vi.spyOn(console, method).mockImplementation((...parts: unknown[]) => {
      said.push(
        parts.map((part) => (typeof part === "string" ? part : JSON.stringify(part))).join(" "),
      );
    });
  }
});
afterEach(() => {
  vi.restoreAllMocks();
});

interface Line {
  readonly audit: string;
  readonly uuid?: string;
  readonly user?: string;
  readonly code?: string;
  readonly reason?: string;
  readonly call?: string;
  readonly ip?: string;
}

function trail(): Line[] {
  return said.map((line) => JSON.parse(line) as Line);
}

test("every change of a login leaves one line with event, prefix, user and address", async () => {
  const account = await newAccount();
  const { uuid, browser } = await stageAt("redeemed", { phone: await phoneOf(account) });
  const changes = trail().filter(({ audit }) => audit.startsWith("login."));
  expect(changes.map(({ audit }) => audit)).toEqual([
    "login.pending",
    "login.scanned",
    "login.confirmed",
    "login.redeemed",
  ]);
  for (const line of changes) {
    expect(line).toMatchObject({ uuid: uuid.slice(0, 13), ip: browser.address });
  }
  expect(changes.map(({ user }) => user)).toEqual([
    undefined,
    account.sub,
    account.sub,
    account.sub,
  ]);
});

test("every refusal leaves one line with its code, its reason and the caller's address", async () => {
  const browser = new Browser();
  const stranger = new Browser();
  const { uuid } = await browser.mint();
  await stranger.check(uuid);
  await new Browser().post("/account/token", { username: "nobody-at-all", password: "x" });
  expect(trail()).toEqual([
    expect.objectContaining({
      audit: "refused",
      code: "not_your_browser",
      reason: "browser_key_missing",
      call: "GET /qrcode/check",
      uuid: uuid.slice(0, 13),
      ip: stranger.address,
    }),
    expect.objectContaining({
      audit: "refused",
      code: "bad_credentials",
      reason: "account_missing",
    }),
  ]);
});

test("27 what is told: a log line names the route, never the address that a stranger wrote", async () => {
  const theirs = `theirs-${"x".repeat(3000)}`;
  const browser = new Browser();
  await browser.fetch(`/qrcode/check?uuid=${theirs}`);
  await browser.fetch(`/${theirs}?password=${theirs}`);
  await browser.fetch(`/account/token?password=${theirs}`, { method: "PUT" });
  await browser.fetch("/logout", { method: "POST", headers: { Origin: `https://${theirs}` } });
  expect(trail().map(({ call }) => call)).toEqual([
    "GET /qrcode/check",
    "GET /*",
    "PUT /*",
    "POST /logout",
  ]);
  for (const line of said) expect(line.length).toBeLessThan(600);
  expect(said.slice(0, 3).join("\n")).not.toContain("theirs");
});

test("27 what is told: a variable that is not usable is named to the log and the caller, never quoted", async () => {
  const via = withBindings({
    IDENTITY: "introspection",
    INTROSPECTION_URL: "http://user:hunter2@issuer.example/introspect",
  });
  const answer = await (await new Browser({ via }).fetch("/qrcode/get")).text();
  for (const told of [answer, said.join("\n")]) {
    expect(told).toContain("INTROSPECTION_URL is not usable");
    expect(told).not.toContain("hunter2");
  }
});

test("27 what is told: of an issuer that cannot be reached the log names the fault, not the address", async () => {
  for (const identity of ["jwks", "introspection"]) {
    const via = withBindings({
      IDENTITY: identity,
      JWKS_URL: "http://user:hunter2@127.0.0.1:1/keys",
      JWKS_ISSUER: "https://issuer.example",
      JWKS_AUDIENCE: "a",
      INTROSPECTION_URL: "http://user:hunter2@127.0.0.1:1/introspect",
      INTROSPECTION_CLIENT_ID: "c",
      INTROSPECTION_CLIENT_SECRET: "hunter3",
      INTROSPECTION_AUDIENCE: "a",
    });
    const { uuid } = await new Browser().mint();
    const header = btoa(JSON.stringify({ alg: "RS256" })).replace(/=+$/, "");
    const response = await new Phone(`${header}.e30.c2ln`, { via }).scan(uuid);
    expect(response.status).toBe(503);
    expect(await response.text()).not.toContain("hunter");
  }
  expect(trail().map(({ reason }) => reason)).toEqual(["issuer_away", "issuer_away"]);
  expect(said.join("\n")).not.toContain("hunter");
});

test("3 stolen ticket: the log of a full run holds no ticket, key, token, password or whole uuid", async () => {
  const secrets: string[] = [];
  const account = await newAccount();
  secrets.push(account.password);
  for (const end of ["redeem", "cancel", "burn", "expire", "forge"] as const) {
    const phone = await phoneOf(account);
    const { uuid, browser } = await stageAt("pending", { phone });
    const other = await newPhone();
    secrets.push(phone.token, other.token, uuid, ...browser.cookies.values());
    await new Browser().check(uuid);
    if (end === "burn") {
      for (let i = 0; i < 5; i++) {
        const credentials = { UserName: `nobody-${i}`, Password: `guess-${i}-guess` };
        secrets.push(credentials.Password);
        await new Browser().post("/qrcode/verify", { UUID: uuid, Platform: "ios", ...credentials });
      }
      continue;
    }
    await phone.scan(uuid);
    await other.scan(uuid);
    if (end === "cancel") await phone.cancel(uuid);
    await phone.confirm(uuid);
    const view = await browser.view(uuid);
    if (view.ticket !== undefined) secrets.push(view.ticket);
    if (end === "redeem") await browser.redeem(uuid, view);
    if (end === "forge") await browser.redeem(uuid, { ...view, time: 1 });
    if (end === "expire") await runDurableObjectAlarm(env.LOGIN.getByName(uuid));
    await browser.submit("/logout", {});
    secrets.push(...browser.cookies.values());
  }
  expect(said.length).toBeGreaterThan(30);
  const log = said.join("\n");
  for (const secret of secrets) expect(log).not.toContain(secret);
});

/** What holds for every answer, whatever it is. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { Browser } from "../support/worker/parties.ts";
import { expectRefusal, stageAt, withBindings } from "../support/worker/stages.ts";

const broken = () => {
  throw new Error("broken on purpose");
};

async function answers(): Promise<Record<string, Response>> {
  const { uuid, browser, phone } = await stageAt("scanned");
  const cut = new Browser({ via: withBindings({ MINT_LIMIT: { limit: broken } }) });
  return {
    page: await browser.fetch("/"),
    code: await browser.fetch("/qrcode/get"),
    phonePage: await new Browser().fetch(`/qrcode/scan?uuid=${uuid}`),
    notice: await new Browser().fetch("/qrcode/scan?uuid=1"),
    view: await browser.check(uuid),
    answer: await phone.confirm(uuid),
    refusal: await new Browser().check(uuid),
    nothing: await browser.fetch("/nothing"),
    error: await cut.fetch("/qrcode/get"),
    signedOut: await browser.post("/logout", {}),
  };
}

test("no answer may be cached, framed, sniffed or run foreign scripts", async () => {
  for (const [name, { headers }] of Object.entries(await answers())) {
    const policy = headers.get("Content-Security-Policy") ?? "";
    const directives = policy.split("; ");
    for (const required of [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "form-action 'self'",
    ]) {
      expect(directives, name).toContain(required);
    }
    expect(policy, name).not.toContain("unsafe");
    expect(headers.get("Cache-Control"), name).toBe("no-store");
    expect(headers.get("X-Content-Type-Options"), name).toBe("nosniff");
    expect(headers.get("X-Frame-Options"), name).toBe("DENY");
    expect(headers.get("Cross-Origin-Opener-Policy"), name).toBe("same-origin");
    expect(headers.get("Referrer-Policy"), name).toBe("same-origin");
    expect(headers.get("Permissions-Policy"), name).toContain("camera=()");
    expect(headers.get("Strict-Transport-Security"), name).toMatch(/^max-age=\d{8}/);
    expect(headers.get("Access-Control-Allow-Origin"), name).toBeNull();
  }
});

test("plain http on this machine or in its network is served, without HSTS", async () => {
  for (const host of ["localhost:8787", "127.0.0.1:8787", "192.168.1.20:8787", "10.1.2.3"]) {
    const response = await new Browser({ origin: `http://${host}` }).fetch("/qrcode/get");
    expect(response.status, host).toBe(200);
    expect(response.headers.get("Strict-Transport-Security"), host).toBeNull();
  }
});

test("plain http on a public host: reading is sent on to https, anything else is refused", async () => {
  for (const host of ["login.example", "172.32.0.1", "11.0.0.1", "192.168.1.20.evil.example"]) {
    const browser = new Browser({ origin: `http://${host}` });
    const get = await browser.fetch("/?return_to=/a");
    expect([get.status, get.headers.get("Location")]).toEqual([
      308,
      `https://${host}/?return_to=/a`,
    ]);
    expect(get.headers.getSetCookie()).toEqual([]);
    expect(await expectHttpsWanted(browser)).toBe("use https");
  }
});

async function expectHttpsWanted(browser: Browser): Promise<string> {
  const response = await browser.post("/account/token", { username: "a", password: "b" });
  expect(response.status).toBe(400);
  return (await response.json<{ detail: string }>()).detail;
}

test("an error of ours is a problem like any other, tells nothing, and may be tried again", async () => {
  const browser = new Browser({ via: withBindings({ MINT_LIMIT: { limit: broken } }) });
  const response = await browser.fetch("/qrcode/get");
  expect(response.headers.get("Retry-After")).toBe("2");
  expect(await expectRefusal(response, "internal")).toBeUndefined();
});

const full = { limit: async () => ({ success: false }) };

const limits = [
  ["MINT_LIMIT", "GET /qrcode/get"],
  ["WATCH_LIMIT", "GET /qrcode/check"],
  ["WATCH_LIMIT", "GET /qrcode/ws"],
  ["SCAN_LIMIT", "GET /qrcode/check?as=phone"],
  ["SCAN_LIMIT", "POST /qrcode/scan"],
  ["SCAN_LIMIT", "POST /qrcode/confirm"],
  ["SCAN_LIMIT", "POST /qrcode/cancel"],
  ["REDEEM_LIMIT", "POST /login/qrcode"],
  ["REDEEM_LIMIT", "POST /login/verify"],
] as const;

test.for(limits)("over %s, %s answers 429 with Retry-After", async ([limit, call]) => {
  const { uuid, browser } = await stageAt("pending");
  const [method = "", path = ""] = call.split(" ");
  const flooding = new Browser({ via: withBindings({ [limit]: full }) });
  for (const [name, value] of browser.cookies) flooding.cookies.set(name, value);
  const headers = path === "/qrcode/ws" ? { Upgrade: "websocket" } : {};
  const query = `${path.includes("?") ? "&" : "?"}uuid=${uuid}`;
  const response = await flooding.fetch(path + query, { method, headers });
  expect(Number(response.headers.get("Retry-After"))).toBeGreaterThan(0);
  await expectRefusal(response, "rate_limited");
  expect(await browser.view(uuid)).toMatchObject({ version: 1 });
});

test("a stranger who knows a uuid but not its browser key cannot use up the owner's checks", async () => {
  const { uuid, browser } = await stageAt("pending");
  const counted: string[] = [];
  const limit = async ({ key }: { key: string }) => {
    counted.push(key);
    return { success: true };
  };
  const via = withBindings({ WATCH_LIMIT: { limit } });
  const stranger = new Browser({ via });
  await stranger.check(uuid);
  await stranger.openSocket(uuid);
  expect(counted).toEqual([]);
  for (const [name, value] of browser.cookies) stranger.cookies.set(name, value);
  await stranger.check(uuid);
  expect(counted).toEqual([uuid]);
});

test("every call works without rate limiting bindings, as on plain workerd", async () => {
  const browser = new Browser({ via: withBindings({ MINT_LIMIT: undefined }) });
  expect((await browser.fetch("/qrcode/get")).status).toBe(200);
  expect(env.MINT_LIMIT).toBeDefined();
});

test.each(["capacitor://localhost", "https://localhost", "null"])(
  "an app that calls from a web view, as %s, is refused with a good token, and claims nothing",
  async (Origin) => {
    const { uuid, browser, phone } = await stageAt("pending");
    for (const call of ["POST /qrcode/scan", "GET /qrcode/check", "GET /qrcode/ws"]) {
      const [method = "", path = ""] = call.split(" ");
      const headers = { Origin, ...(path === "/qrcode/ws" && { Upgrade: "websocket" }) };
      const response = await phone.fetch(`${path}?uuid=${uuid}`, { method, headers });
      expect(response.headers.get("Access-Control-Allow-Origin")).toBeNull();
      await expectRefusal(response, "foreign_origin");
    }
    expect(await browser.view(uuid)).toMatchObject({ state: "pending", version: 1 });
  },
);

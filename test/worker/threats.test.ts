/**
 * Threats of docs/THREATS.md that no other file is about. The number is the row there; the other
 * rows' tests carry theirs too.
 */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import type { PhoneView } from "../../src/login/view.ts";
import { strings } from "../../src/pages/language.ts";
import { Browser, newAccount, newPhone, ORIGIN, phoneOf } from "../support/worker/parties.ts";
import { expectRefusal, stageAt, withBindings } from "../support/worker/stages.ts";

/** MINT_LIMIT in wrangler.toml. */
const MINTS_A_MINUTE = 300;

const foreignOrigins = [
  "https://evil.example",
  "null",
  "http://login.example",
  `${ORIGIN}.evil.example`,
];

test("6 QRLjacking: the phone is told site, browser, system, place, network and age, from the edge", async () => {
  const browser = new Browser({
    headers: {
      "User-Agent":
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
    },
    cf: { city: "Kyiv", region: "Kyiv City", country: "UA" },
  });
  const { uuid, phone } = await stageAt("pending", { browser });
  const answer = await (await phone.scan(uuid)).json();
  expect(answer).toMatchObject({
    site: { name: "login.example", host: "login.example" },
    same_network: false,
    browser: {
      name: "Firefox",
      os: "Windows",
      region: "Kyiv City",
      country: "UA",
      since_s: expect.any(Number) as number,
    },
  });
});

test("24 the browser's address: a phone is told its provider's network, and nothing more of it", async () => {
  const { uuid, browser, phone } = await stageAt("pending");
  const ip = `${browser.address.split(".", 2).join(".")}.0.0/16`;
  for (const answer of [
    await phone.scan(uuid),
    await phone.check(uuid),
    await phone.confirm(uuid),
  ]) {
    expect(await answer.clone().text()).not.toContain(browser.address);
    const { browser: told } = await answer.json<Partial<PhoneView>>();
    if (told) expect(told.ip).toBe(ip);
  }
});

test("24 the browser's town: told to a phone that is there as well, and to no other", async () => {
  const kyiv = { city: "Kyiv", region: "Kyiv City", country: "UA" };
  for (const [cf, told] of [
    [kyiv, "Kyiv"],
    [{ ...kyiv, city: "Lviv" }, undefined],
    [{}, undefined],
  ] as const) {
    const { uuid, phone } = await stageAt("pending", {
      browser: new Browser({ cf: kyiv }),
      phone: await newPhone({ cf }),
    });
    const answer = await (await phone.scan(uuid)).json<PhoneView>();
    expect(answer.browser.city).toBe(told);
    expect(answer.browser).toMatchObject({ region: "Kyiv City", country: "UA" });
  }
});

test("6 QRLjacking: on the phone page, No comes before Yes, and the warning before both", async () => {
  const page = await phonePage();
  const [warning, no, yes] = [strings.en.phone.warning, 'id="no"', 'id="yes"'].map((part) =>
    page.indexOf(part),
  );
  expect(warning).toBeGreaterThan(0);
  expect(no).toBeGreaterThan(warning ?? 0);
  expect(yes).toBeGreaterThan(no ?? 0);
});

test.each(foreignOrigins)(
  "9 login CSRF: redeeming from origin %s is refused, and uses up nothing",
  async (Origin) => {
    const { browser, uuid } = await stageAt("confirmed");
    const { ticket, time } = await browser.view(uuid);
    const body = { uuid, ticket, time };
    await expectRefusal(await browser.post("/login/qrcode", body, { Origin }), "foreign_origin");
    expect((await browser.post("/login/qrcode", body)).status).toBe(200);
  },
);

test("9 login CSRF: a browser without the key is not signed in by somebody else's ticket", async () => {
  const { browser, uuid } = await stageAt("confirmed");
  const victim = new Browser();
  await victim.mint();
  await expectRefusal(await victim.redeem(uuid, await browser.view(uuid)), "not_your_browser");
  expect((await victim.fetch("/me")).status).toBe(401);
});

test.each(foreignOrigins)(
  "10 cross-site WebSocket hijacking: a socket from origin %s is refused",
  async (Origin) => {
    const { browser, uuid } = await stageAt("pending");
    await expectRefusal(await browser.openSocket(uuid, { Origin }), "foreign_origin");
  },
);

/** Mints until one is refused. A minute may turn on the way, and the counting begin anew. */
async function flooded(next: (i: number) => Browser): Promise<Response> {
  for (let i = 0; i < 2 * MINTS_A_MINUTE + 1; i++) {
    const response = await mintFrom(next(i));
    if (response.status !== 200) return response;
  }
  throw new Error("was never refused");
}

test("12 floods: one address mints so many codes a minute and no more; another is not held up", async () => {
  const flood = new Browser();
  const refused = await flooded(() => flood);
  expect(Number(refused.headers.get("Retry-After"))).toBeGreaterThan(0);
  await expectRefusal(refused, "rate_limited");
  expect((await flood.fetch("/")).status).toBe(429);
  expect((await mintFrom(new Browser())).status).toBe(200);
});

test("12 floods: addresses of one IPv6 customer count as one", async () => {
  await flooded((i) => at(`2001:db8:7:1::${i.toString(16)}`));
  expect((await mintFrom(at("2001:db8:7:2::1"))).status).toBe(200);
});

test("15 script injection: names, sites and return_to are text in every page", async () => {
  const evil = `"><script>alert(1)</script>`;
  const via = withBindings({ SITE_NAME: evil });
  const pages = [
    await text(new Browser({ via }).fetch(`/?return_to=/${encodeURIComponent(evil)}`)),
    await phonePage(evil, via),
  ];
  for (const page of pages) {
    expect(page).not.toContain("<script>alert");
    expect(page).not.toMatch(/<script(?![^>]*\bsrc="\/)/);
    expect(page).not.toMatch(/\son\w+=|\sstyle=|javascript:/i);
  }
});

test.each([
  "javascript:alert(1)",
  "http://plain.example/a.png",
  "data:image/svg+xml,<svg onload=alert(1)>",
  "//other.example/a.png",
])("15 script injection: the avatar %s is left out", async (avatar) => {
  const account = await newAccount();
  await env.DB.prepare("UPDATE accounts SET avatar = ? WHERE sub = ?")
    .bind(avatar, account.sub)
    .run();
  const { uuid, browser } = await stageAt("scanned", { phone: await phoneOf(account) });
  expect((await browser.view(uuid)).user).toEqual({ name: account.name });
});

test("16 clickjacking: every page forbids framing, and inline or foreign script with it", async () => {
  const { uuid } = await stageAt("pending");
  for (const path of ["/", `/qrcode/scan?uuid=${uuid}`, "/qrcode/scan?uuid=nonsense", "/me"]) {
    const { headers } = await new Browser().fetch(path);
    const policy = headers.get("Content-Security-Policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("style-src 'self'");
    expect(policy).toContain("base-uri 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe");
    expect(headers.get("X-Frame-Options")).toBe("DENY");
    expect(headers.get("Strict-Transport-Security")).toMatch(/^max-age=\d{8}/);
    expect(headers.get("Referrer-Policy")).toBe("same-origin");
    expect(headers.get("Cross-Origin-Opener-Policy")).toBe("same-origin");
    expect(headers.get("Permissions-Policy")).toContain("camera=()");
  }
});

test("18 clock skew: a device's clock is neither asked nor told; times are relative seconds", async () => {
  const wrong = { headers: { Date: "Thu, 01 Jan 1970 00:00:00 GMT" } };
  const browser = new Browser(wrong);
  const phone = await newPhone(wrong);
  const { uuid, expires_in } = await browser.mint();
  expect(expires_in).toBe(120);
  expect((await browser.view(uuid)).expires_in).toBeLessThanOrEqual(120);
  const scanned = await (await phone.scan(uuid)).json<{ expires_in: number }>();
  expect([119, 120]).toContain(scanned.expires_in);
  expect(await (await phone.confirm(uuid)).json()).toMatchObject({ expires_in: 30 });
  // The one absolute time is the ticket's own, which the browser only hands back.
  expect((await browser.redeem(uuid, await browser.view(uuid))).status).toBe(200);
});

function at(address: string): Browser {
  return new Browser({ headers: { "CF-Connecting-IP": address } });
}

function mintFrom(browser: Browser): Promise<Response> {
  browser.cookies.clear();
  return browser.fetch("/qrcode/get");
}

/** The phone page of somebody who signed in there, under this name. */
async function phonePage(name = "Ada", via = withBindings({})): Promise<string> {
  const account = await newAccount();
  await env.DB.prepare("UPDATE accounts SET name = ? WHERE sub = ?").bind(name, account.sub).run();
  const browser = new Browser({ via });
  const { uuid } = await browser.mint();
  const { username, password } = account;
  await browser.submit("/account/token", { uuid, username, password });
  return text(browser.fetch(`/qrcode/scan?uuid=${uuid}`));
}

async function text(response: Promise<Response>): Promise<string> {
  return (await response).text();
}

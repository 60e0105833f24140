/** The refusals of requests that are malformed, or come from where they must not. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { deriveKeys } from "../../src/core/keys.ts";
import { mintUuid } from "../../src/login/uuid.ts";
import { Browser } from "../support/worker/parties.ts";
import { testRefusals, ticketOf } from "../support/worker/refusal-table.ts";
import { expectRefusal } from "../support/worker/stages.ts";

const stranger = () => new Browser();
const post = (browser: Browser, path: string, body: BodyInit, type = "application/json") =>
  browser.fetch(path, { method: "POST", headers: { "Content-Type": type }, body });

testRefusals({
  "a body that is not JSON - redeem": [
    "bad_request",
    "confirmed",
    ({ browser }) => post(browser, "/login/qrcode", "{"),
  ],
  "a body that is no object - redeem": [
    "bad_request",
    "confirmed",
    ({ browser }) => post(browser, "/login/qrcode", "null"),
  ],
  "a body that is not UTF-8 - redeem": [
    "bad_request",
    "confirmed",
    ({ browser }) => post(browser, "/login/qrcode", new Uint8Array([0xff])),
  ],
  "a time that is no integer - redeem": [
    "bad_request",
    "confirmed",
    ({ browser, uuid }) => browser.post("/login/qrcode", { uuid, ticket: "a", time: "1" }),
  ],
  "a form field twice - redeem": [
    "bad_request",
    "confirmed",
    ({ browser }) =>
      post(
        browser,
        "/login/qrcode",
        "uuid=a&uuid=b&ticket=a&time=1",
        "application/x-www-form-urlencoded",
      ),
  ],
  "a password that is a number - token": [
    "bad_request",
    "pending",
    () => stranger().post("/account/token", { username: "a", password: 1 }),
  ],
  "a username of 65 characters - token": [
    "bad_request",
    "pending",
    () => stranger().post("/account/token", { username: "a".repeat(65), password: "b" }),
  ],
  "uuid twice - scan": [
    "bad_request",
    "pending",
    ({ phone, uuid }) => phone.scan(`${uuid}&uuid=${uuid}`),
  ],
  "no uuid - scan": [
    "missing_field",
    "pending",
    ({ phone }) => phone.fetch("/qrcode/scan", { method: "POST" }),
  ],
  "an empty uuid - check": ["missing_field", "pending", ({ browser }) => browser.check("")],
  "no ticket - redeem": [
    "missing_field",
    "confirmed",
    ({ browser, uuid }) => browser.post("/login/qrcode", { uuid, time: 1 }),
  ],
  "an empty ticket - redeem": [
    "missing_field",
    "confirmed",
    ({ browser, uuid }) => browser.post("/login/qrcode", { uuid, ticket: "", time: 1 }),
  ],
  "no code - enter": [
    "missing_field",
    "scanned",
    ({ browser, uuid }) => browser.post("/login/verify", { uuid }),
  ],
  "an empty password - token": [
    "missing_field",
    "pending",
    () => stranger().post("/account/token", { username: "a", password: "" }),
  ],
  "not a uuid - check": ["unknown_uuid", "pending", ({ browser }) => browser.check("1")],
  "a uuid in capitals - scan": [
    "unknown_uuid",
    "pending",
    ({ phone, uuid }) => phone.scan(uuid.toUpperCase()),
  ],
  "an altered uuid - scan": [
    "unknown_uuid",
    "pending",
    ({ phone, uuid }) => phone.scan(altered(uuid)),
  ],
  "another deployment's uuid - redeem": [
    "unknown_uuid",
    "confirmed",
    async (stage) => stage.browser.redeem(foreignUuid(), await ticketOf(stage)),
  ],
  "a uuid from the future - scan": [
    "unknown_uuid",
    "pending",
    ({ phone }) => phone.scan(mintUuid(deriveKeys(env.SECRET).uuid, Date.now() + 10_000)),
  ],
  "not our own page - redeem": [
    "foreign_origin",
    "confirmed",
    async (stage) =>
      stage.browser.post(
        "/login/qrcode",
        { uuid: stage.uuid, ...(await ticketOf(stage)) },
        { Origin: "https://evil.example" },
      ),
  ],
  "no origin - redeem": [
    "foreign_origin",
    "confirmed",
    async (stage) =>
      stage.browser.post(
        "/login/qrcode",
        { uuid: stage.uuid, ...(await ticketOf(stage)) },
        { Origin: "" },
      ),
  ],
  "not our own page - ws": [
    "foreign_origin",
    "confirmed",
    ({ browser, uuid }) => browser.openSocket(uuid, { Origin: "https://evil.example" }),
  ],
  "not our own page - enter": [
    "foreign_origin",
    "scanned",
    ({ browser, uuid }) => browser.post("/login/verify", { uuid, code: "1" }, { Origin: "null" }),
  ],
  "not our own page - logout": [
    "foreign_origin",
    "pending",
    ({ browser }) => browser.post("/logout", {}, { Origin: "https://evil.example" }),
  ],
  "a foreign page with a token - scan": [
    "foreign_origin",
    "pending",
    ({ phone, uuid }) =>
      phone.fetch(`/qrcode/scan?uuid=${uuid}`, {
        method: "POST",
        headers: { Origin: "https://evil.example" },
      }),
  ],
  "a foreign page with a password - token": [
    "foreign_origin",
    "pending",
    ({ browser }) =>
      browser.post(
        "/account/token",
        { username: "a", password: "b" },
        { Origin: "http://login.example" },
      ),
  ],
  "nothing there": ["not_found", "pending", ({ browser }) => browser.fetch("/qrcode/none")],
  "no upgrade - ws": [
    "upgrade_required",
    "pending",
    ({ browser, uuid }) => browser.fetch(`/qrcode/ws?uuid=${uuid}`),
  ],
  "more than 4096 bytes - redeem": [
    "too_large",
    "confirmed",
    ({ browser, uuid }) =>
      browser.post("/login/qrcode", { uuid, ticket: "a".repeat(4096), time: 1 }),
  ],
});

test.for([
  ["GET", "/login/qrcode", "POST"],
  ["DELETE", "/me", "GET"],
  ["PUT", "/qrcode/scan", "GET, POST"],
  ["POST", "/qrcode/check", "GET"],
] as const)("%s %s is refused with the methods that there are", async ([method, path, allow]) => {
  const response = await stranger().fetch(path, { method });
  expect(response.headers.get("Allow")).toBe(allow);
  await expectRefusal(response, "method_not_allowed");
});

test("a refusal's detail names the field that is missing or wrong", async () => {
  const browser = stranger();
  const detailOf = async (body: unknown) => {
    const response = await browser.post("/account/token", body);
    return (await response.json<{ detail: string }>()).detail;
  };
  expect(await detailOf({ username: "a" })).toBe("password is missing");
  expect(await detailOf({ username: 1, password: "b" })).toMatch(/^username is not a string/i);
  expect(await detailOf({ username: "a", password: "b".repeat(257) })).toBe("password is too long");
  expect(await detailOf("text")).toBe("the body is not an object");
});

function altered(uuid: string): string {
  return uuid.slice(0, -1) + (uuid.endsWith("0") ? "1" : "0");
}

function foreignUuid(): string {
  const { uuid } = deriveKeys("another deployment's own and private 9xQ2");
  return mintUuid(uuid, Date.now());
}

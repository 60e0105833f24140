/** docs/APPS.md and README.md, as somebody reads them who builds an app. */
import { afterEach, describe, expect, test, vi } from "vitest";
import { refusalCodes } from "../../src/core/refusal.ts";
import { resultOf } from "../../src/faces/qrcode/result-numbers.ts";
import { statusOf } from "../../src/http/problem.ts";
import type { EndReason } from "../../src/login/machine.ts";
import { blocks, page, section } from "../support/docs.ts";
import { states } from "../support/states.ts";

const guide = "docs/APPS.md";
const uuid = "6b058cf0-d3e8-8089-b1a1-29a1b781ffde";
const ours = `https://login.example/qrcode/scan?uuid=${uuid}`;

const hostile = [
  "",
  "hello",
  uuid,
  `https://evil.example/qrcode/scan?uuid=${uuid}`,
  `https://login.example.evil.example/qrcode/scan?uuid=${uuid}`,
  `https://login.example@evil.example/qrcode/scan?uuid=${uuid}`,
  `https://login.example\\@evil.example/qrcode/scan?uuid=${uuid}`,
  `https://evil.example\\@login.example/qrcode/scan?uuid=${uuid}`,
  `https://login.example:8443/qrcode/scan?uuid=${uuid}`,
  `https://evil.example/?https://login.example/qrcode/scan?uuid=${uuid}`,
  `https://evil.example/#${ours}`,
  `http://login.example/qrcode/scan?uuid=${uuid}`,
  `//login.example/qrcode/scan?uuid=${uuid}`,
  `HTTPS://LOGIN.EXAMPLE/qrcode/scan?uuid=${uuid}`,
  `https://login.example/qrcode/scan/?uuid=${uuid}`,
  `https://login.example/qrcode/scan?x=1&uuid=${uuid}`,
  `https://login.example/qrcode/../evil?uuid=${uuid}`,
  `https://login.exаmple/qrcode/scan?uuid=${uuid}`,
  `https://login.example./qrcode/scan?uuid=${uuid}`,
  ` ${ours}`,
  `${ours}\n`,
  `${ours}\u0301`,
  `${ours}&to=evil.example`,
  `${ours}#x`,
  `${ours}0`,
  ours.slice(0, -1),
  `https://login.example/qrcode/scan?uuid=${uuid.toUpperCase()}`,
  `https://login.example/qrcode/scan?uuid=../../../account/forget?x=0123456`,
];

const reasons: Record<EndReason, true> = {
  denied: true,
  timeout: true,
  too_many_attempts: true,
  wrong_code: true,
};

interface Sample {
  uuidIn(scanned: string): string | null;
  send(call: string, scanned: string, token: string): Promise<Response>;
}

const [code = ""] = blocks(section(guide, "First: is it your code?"), "js");
const sample = (await import(
  /* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`
)) as Sample;

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("30 a hostile code takes the app's token: the guide's sample", () => {
  test("sends the token to our own address, for a code of ours", async () => {
    const fetch = vi.fn(async () => new Response());
    vi.stubGlobal("fetch", fetch);
    await sample.send("scan", ours, "token");
    expect(fetch.mock.calls).toEqual([
      [ours, { method: "POST", headers: { Authorization: "Bearer token" } }],
    ]);
  });

  test.each(hostile)("sends nothing at all for %j", async (scanned) => {
    const fetch = vi.fn(async () => new Response());
    vi.stubGlobal("fetch", fetch);
    expect(sample.uuidIn(scanned)).toBeNull();
    await expect(sample.send("scan", scanned, "token")).rejects.toThrow("not our code");
    expect(fetch).not.toHaveBeenCalled();
  });
});

test("30 a hostile code takes the app's token: README says what to check, first in its app section", () => {
  const [first = ""] = section("README.md", "Your app").trim().split("\n");
  expect(first).toContain("Before it sends anything");
  expect(first).toContain("`https://<your host>/qrcode/scan?uuid=`");
  expect(section("README.md", "Your app")).toContain(`(${guide})`);
});

test("30 a hostile code takes the app's token: every sample of the guide compares the whole text, the first before all else", () => {
  const samples = ["js", "kotlin", "swift", "dart"].flatMap((it) => blocks(page(guide), it));
  expect(samples).toHaveLength(4);
  for (const it of samples) {
    expect(it).toMatch(/"?https:\/\/login\.example["']/);
    expect(it).toContain("/qrcode/scan?uuid=");
    expect(it).toMatch(/36/);
  }
  expect(page(guide).split("\n## ")[1]).toMatch(/^First: is it your code\?/);
});

test("a sample that no test runs says so", () => {
  const marks = page(guide).match(/^\w+ \(not compiled here\):\n\n```\w+$/gm) ?? [];
  expect(marks.map((it) => it.split("```")[1])).toEqual(["kotlin", "swift", "dart"]);
});

test("the guide's table of refusals has every code, with its status and its number", () => {
  const rows = section(guide, "Refusals").matchAll(/^\| `(\w+)` +\| (\d+) +\| (-\d+) +\|/gm);
  const told = [...rows].map(([, name, status, result]) => `${name} ${status} ${result}`);
  const all = refusalCodes.map((it) => `${it} ${statusOf[it]} ${resultOf[it]}`);
  expect(told.sort()).toEqual(all.sort());
});

test("the guide's table of states has every state, and every reason of an end", () => {
  const ends = section(guide, "How it ends");
  const rows = ends.matchAll(/^\| `(\w+)` +\|/gm);
  expect([...rows].map(([, name = ""]) => name)).toEqual([...states]);
  for (const reason of Object.keys(reasons)) expect(ends).toContain(`\`${reason}\`:`);
});

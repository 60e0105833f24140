import { afterEach, expect, test, vi } from "vitest";
import { audit, publicPrefix } from "../../../src/core/audit.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

function lineOf(fields: Parameters<typeof audit>[1]): Record<string, unknown> {
  const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
  audit("refused", fields);
  return JSON.parse(String(log.mock.calls[0]?.[0])) as Record<string, unknown>;
}

test("27 what is told: a log line says of a uuid the time and 16 random bits, and nothing of the signature", () => {
  expect(publicPrefix("6b49d200-1234-8abc-9def-0123456789ab")).toBe("6b49d200-1234");
});

test("27 what is told: a stranger's words are cut to 200 characters in a log line", () => {
  expect(lineOf({ cause: "x".repeat(6000) })["cause"]).toHaveLength(200);
});

test("27 what is told: a stranger's control and direction characters become spaces in a log line", () => {
  expect(lineOf({ cause: "a\u0000b\nc\u202ed\u200be" })["cause"]).toBe("a b c d e");
});

test("27 what is told: a log line has no place for anything but the fields that are named", () => {
  const more = { code: "expired", ticket: "t", token: "t" } as const;
  expect(lineOf(more)).toEqual({ audit: "refused", code: "expired" });
});

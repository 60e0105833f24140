import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { isPrepared, notePrepared } from "../../../src/local/prepared.ts";

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "scan-login-prepared-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

test("a folder is prepared once that was noted, and no other is", () => {
  const folder = newFolder();
  expect(isPrepared(folder)).toBe(false);
  notePrepared(folder);
  expect(isPrepared(folder)).toBe(true);
  expect(isPrepared(newFolder())).toBe(false);
});

test("a folder whose database was thrown away is to be prepared anew", () => {
  const folder = newFolder();
  notePrepared(folder);
  rmSync(join(folder, "v3/d1"), { recursive: true });
  expect(isPrepared(folder)).toBe(false);
});

test("a folder that was made from something else besides is to be prepared anew", () => {
  const folder = newFolder();
  notePrepared(folder, "with one secret");
  expect(isPrepared(folder, "with one secret")).toBe(true);
  expect(isPrepared(folder, "with another")).toBe(false);
  expect(isPrepared(folder)).toBe(false);
});

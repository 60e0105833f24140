import { randomInt } from "node:crypto";

/** Three digits: read at a glance, and one guess in a thousand, of which there is one. */
export function freshNumber(): string {
  return String(randomInt(1000)).padStart(3, "0");
}

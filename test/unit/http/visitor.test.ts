import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { USER_AGENT_MAX_CHARS } from "../../../src/core/limits.ts";
import { nameOf } from "../../../src/http/browser-name.ts";
import { userAgents } from "./user-agents.ts";

describe("the name of a browser", () => {
  test.each(userAgents)("$name on $os is what people call $agent", ({ name, os, agent }) => {
    expect(nameOf(agent)).toEqual({ name, os });
  });

  test("is empty where nobody knows it", () => {
    for (const agent of ["", "curl/8.7.1", "<script>alert(1)</script>", "Mozilla/5.0"]) {
      expect(nameOf(agent)).toEqual({ name: "", os: "" });
    }
  });
});

describe("a hostile user agent", () => {
  const known = new Set(userAgents.flatMap(({ name, os }) => [name, os, ""]));
  const pieces = [...new Set(userAgents.flatMap(({ agent }) => agent.split(" ")))];
  const piece = fc.oneof(
    fc.constantFrom(...pieces),
    fc.string({ unit: "binary", maxLength: 200 }),
    fc.constantFrom("<b>", "\u202e", "\r\n", "__proto__", "Mozilla/5.0 ("),
  );

  test("shows none of its own words, whatever it is put together from", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), fc.constantFrom("", " "), (said, between) => {
        const { name, os } = nameOf(said.join(between));
        expect(known).toContain(name);
        expect(known).toContain(os);
      }),
      { numRuns: 2000 },
    );
  });

  test("is read no further than its limit, however long", () => {
    fc.assert(
      fc.property(piece, fc.integer({ min: 1, max: 20_000 }), (said, times) => {
        const agent = said.repeat(times);
        expect(nameOf(agent)).toEqual(nameOf(agent.slice(0, USER_AGENT_MAX_CHARS)));
      }),
      { numRuns: 200 },
    );
    const filler = "x".repeat(USER_AGENT_MAX_CHARS);
    expect(nameOf(`${filler} (Windows NT 10.0) Chrome/141.0.0.0`)).toEqual({ name: "", os: "" });
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { deriveKeys, sign } from "../../../src/core/keys.ts";
import { ticketFor, verifyTicket } from "../../../src/login/ticket.ts";
import { mintUuid } from "../../../src/login/uuid.ts";
import { altered, extended, truncated } from "../../support/spellings.ts";
import { CONFIRMED_AT, MINTED_AT } from "../../support/login/fixtures.ts";

const secret = "unit-3Vb8Qz1LmXw6TnK0rYpJ5sHdG9cEaU2f";
const other = "unit-W7yR4oPq0SxZ2kMvB6nJ8tLhC1gDfA5e";
const keys = deriveKeys(secret);
const uuid = mintUuid(keys.uuid, MINTED_AT);
const sub = "user-17";
const ticket = ticketFor(keys.ticket, uuid, sub, CONFIRMED_AT);

function whose(given: string, of = uuid, time = CONFIRMED_AT, ring = keys.ticket): string {
  const found = verifyTicket(ring, of, given, time);
  return "refused" in found ? found.refused : found.sub;
}

test("says whom it is for, whatever a user may be called", () => {
  expect(whose(ticket)).toBe(sub);
  const any = fc.string({ unit: "binary", minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(any, fc.integer({ min: 0, max: 2 ** 45 }), (name, time) => {
      const made = ticketFor(keys.ticket, uuid, name, time);
      expect(made).toMatch(/^[\w-]+\.[\w-]{43}$/);
      expect(whose(made, uuid, time)).toBe(name);
    }),
    {
      examples: [
        ["a.b", 1],
        ["林小雨", 2],
        ["auth0|5f7c8ec7c33c6c004bbafe82", 3],
      ],
    },
  );
});

test("is the same one for the same login, so that a browser that reconnects gets it again", () => {
  expect(ticketFor(keys.ticket, uuid, sub, CONFIRMED_AT)).toBe(ticket);
});

describe("bad_ticket", () => {
  test.each([
    ["one character altered, also into another spelling of the same bytes", altered(ticket)],
    ["truncated", truncated(ticket)],
    ["extended", extended(ticket)],
    ["padded", [ticket.replace(".", "=."), `${ticket}=`]],
    ["nothing like one", ["", ".", "..", "null", "a.b.c"]],
    ["base64 instead of base64url", [ticket.replaceAll("-", "+").replaceAll("_", "/") + "+"]],
  ])("%s", (_, wrong) => {
    for (const given of wrong) expect(whose(given), given).toBe("bad_ticket");
  });

  test("for another uuid", () => {
    expect(whose(ticket, mintUuid(keys.uuid, MINTED_AT))).toBe("bad_ticket");
  });

  test("of another time of confirming", () => {
    for (const time of [CONFIRMED_AT + 1, CONFIRMED_AT - 1, 0, -CONFIRMED_AT, NaN, Infinity]) {
      expect(whose(ticket, uuid, time)).toBe("bad_ticket");
    }
  });

  test("with another user's name before the signature", () => {
    const [, signature = ""] = ticket.split(".");
    for (const name of ["user-18", "user-1", "", "USER-17"]) {
      expect(whose(`${Buffer.from(name).toString("base64url")}.${signature}`)).toBe("bad_ticket");
    }
  });

  test("that any other purpose's key signed", () => {
    const { ticket: _, ...others } = keys;
    for (const ring of Object.values(others)) {
      expect(whose(ticketFor(ring, uuid, sub, CONFIRMED_AT))).toBe("bad_ticket");
    }
  });

  test("well signed, but naming the user in a second spelling", () => {
    const form = { bytes: 32, encoding: "base64url" } as const;
    const signature = sign(keys.ticket, [uuid, "user", String(CONFIRMED_AT)], form);
    expect(whose(`dXNlcg.${signature}`)).toBe("user");
    for (const spelling of ["dXNlcg==", "dXNlch", "dXN lcg", "dXNlcg\n"]) {
      expect(whose(`${spelling}.${signature}`), spelling).toBe("bad_ticket");
    }
  });
});

test("a rolled secret keeps tickets that are out, a dropped one voids them", () => {
  expect(whose(ticket, uuid, CONFIRMED_AT, deriveKeys(other, secret).ticket)).toBe(sub);
  expect(whose(ticket, uuid, CONFIRMED_AT, deriveKeys(other).ticket)).toBe("bad_ticket");
});

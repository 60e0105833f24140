/** Refusals as a table: what is wrong, the state before, the call, and the code it gets. */
import { expect, test } from "vitest";
import type { State } from "../../../src/login/machine.ts";
import type { RefusalCode } from "../../../src/core/refusal.ts";
import { expectRefusal, stageAt, stored, type Stage } from "./stages.ts";

/** Under a name: what is wrong and, after the dash, in which call. */
export type RefusalTable = Record<
  string,
  [code: RefusalCode, before: State, call: (stage: Stage) => Promise<Response>]
>;

/** Each row is one test: the answer is as the contract says, and the login is as it was. */
export function testRefusals(table: RefusalTable): void {
  test.for(Object.entries(table))("%s", async ([, [code, from, call]]) => {
    const stage = await stageAt(from);
    const before = await stored(stage.uuid);
    await expectRefusal(await call(stage), code);
    expect(before).toBeDefined();
    expect(await stored(stage.uuid)).toEqual(before);
  });
}

/** The ticket that the waiting browser was given. */
export async function ticketOf({ listener }: Stage): Promise<{ ticket: string; time: number }> {
  const { ticket = "", time = 0 } = await listener.until("confirmed");
  return { ticket, time };
}

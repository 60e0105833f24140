/** Anything that anybody may do to a login, at random: the honest more often than the others. */
import fc from "fast-check";
import { alarmRings, type Aim } from "./acts.ts";
import * as browser from "./browser-acts.ts";
import { weighted } from "./command.ts";
import * as phone from "./phone-acts.ts";
import { actors } from "./world.ts";

export interface Act {
  readonly name: string;
  readonly aim: Aim;
  readonly opens?: boolean;
}

const actor = fc.oneof(
  { weight: 5, arbitrary: fc.constant("owner" as const) },
  { weight: 2, arbitrary: fc.constantFrom(...actors) },
);
const who = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.constant(1) },
);

function act(name: string, arbitrary: fc.Arbitrary<Aim>, opens = false): fc.Arbitrary<Act> {
  return arbitrary.map((aim) => ({ name, aim, opens }));
}

const tab = fc.oneof(
  { weight: 3, arbitrary: act("listen", actor.map(browser.browserListens), true) },
  { weight: 2, arbitrary: act("check", actor.map(browser.browserChecks)) },
);
const handset = fc.oneof(
  { weight: 4, arbitrary: act("scan", who.map(phone.scans)) },
  { weight: 4, arbitrary: act("confirm", who.map(phone.confirms)) },
  { weight: 1, arbitrary: act("cancel", who.map(phone.cancels)) },
  { weight: 1, arbitrary: act("watch", who.map(phone.phoneListens), true) },
  { weight: 1, arbitrary: act("look", who.map(phone.phoneChecks)) },
);
const verify = act("verify", who.map(phone.verifies));
const fail = act("fail", fc.constant(phone.failsCredentials()));
export const alarm = act("alarm", fc.constant(alarmRings()));
const enter = act(
  "enter",
  fc
    .tuple(actor, weighted(4, browser.codes[0], browser.codes))
    .map(([by, which]) => browser.enters(by, which)),
);
const redeem = act(
  "redeem",
  fc
    .tuple(actor, weighted(4, browser.tickets[0], browser.tickets))
    .map(([by, which]) => browser.redeems(by, which)),
);

/** What is answered over HTTP by the object's turn, and so by `unavailable` if that fails. */
export const event = fc.oneof(
  { weight: 5, arbitrary: tab },
  { weight: 9, arbitrary: handset },
  { weight: 3, arbitrary: enter },
  { weight: 4, arbitrary: redeem },
);
export const anything = fc.oneof(
  { weight: 20, arbitrary: event },
  { weight: 1, arbitrary: verify },
  { weight: 1, arbitrary: fail },
  { weight: 2, arbitrary: alarm },
);

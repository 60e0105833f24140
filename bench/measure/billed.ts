/** What is billed: logins as people do them, and codes as most of them end, which is unscanned. */
import { setTimeout as sleep } from "node:timers/promises";
import { Person } from "../lib/person.ts";
import type { Scale } from "../lib/scale.ts";
import { loadPage, type ThisProject } from "../servers/this-project.ts";
import { oneLogin, Pair } from "./logins.ts";

export interface Scenario {
  readonly what: string;
  /** From the page to the last alarm of its object. */
  readonly lastsS: number;
  readonly vars: Readonly<Record<string, string>>;
  /** The browser asks so often instead of listening. */
  readonly pollEveryS?: number;
  readonly run: (party: ThisProject) => Promise<void>;
}

/** Before a deadline; a uuid knows only the second it was minted in. */
const IN_TIME_S = 2;

export function scenarios({ waitS, leaveAfterS, scanS, confirmS, redeemS }: Scale["bill"]) {
  const vars = {
    SCAN_WITHIN_S: String(scanS),
    CONFIRM_WITHIN_S: String(confirmS),
    REDEEM_WITHIN_S: String(redeemS),
  };
  const login = async (party: ThisProject) => {
    const pair = new Pair(party);
    await oneLogin(party, pair, () => (waitS * 1000) / 2);
    pair.leave();
  };
  return {
    login: { what: `a login of ${waitS} s`, lastsS: scanS, vars, run: login },
    slowLogin: {
      what: "a login that takes all the time there is at each step",
      lastsS: scanS + confirmS + redeemS,
      vars,
      async run(party) {
        const pair = new Pair(party);
        const going = await party.begin(pair.browser, pair.phone);
        await sleep((scanS - IN_TIME_S) * 1000);
        await going.scan();
        await sleep((confirmS - 1) * 1000);
        await Promise.all([going.heard("confirmed"), going.confirm()]);
        await sleep((redeemS - 1) * 1000);
        await going.redeem();
        going.close();
        pair.leave();
      },
    },
    polledLogin: {
      what: `a login of ${waitS} s, asked after each second`,
      lastsS: scanS,
      vars,
      pollEveryS: 1,
      run: login,
    },
    codeWatched: {
      what: "a page that listens to the end",
      lastsS: scanS,
      vars,
      run: (party) => watchFor(party, scanS + 1),
    },
    codeLeft: {
      what: `a page that is closed after ${leaveAfterS} s`,
      lastsS: scanS,
      vars,
      run: (party) => watchFor(party, leaveAfterS),
    },
    codePolled: { what: "a page that polls to the end", lastsS: scanS, vars, run: pollToTheEnd },
    codeUnheard: {
      what: "a page that never listens (a bot)",
      lastsS: scanS,
      vars,
      async run(party) {
        const browser = new Person(party.origin);
        await loadPage(browser);
        browser.leave();
      },
    },
  } as const satisfies Record<string, Scenario>;
}

async function watchFor(party: ThisProject, forS: number): Promise<void> {
  const pair = new Pair(party);
  const waiting = await party.begin(pair.browser, pair.phone);
  await sleep(forS * 1000);
  waiting.close();
  pair.leave();
}

/** Asks as often as it is told to, until the code has expired. */
async function pollToTheEnd(party: ThisProject): Promise<void> {
  const browser = new Person(party.origin);
  const { uuid, own } = await loadPage(browser);
  for (;;) {
    const { status, text } = await browser.ask("GET", `/qrcode/check?uuid=${uuid}`, {
      headers: own,
    });
    if (status === 410) break;
    if (status !== 200) throw new Error(`check answered ${status}: ${text}`);
    const { state, poll_after } = JSON.parse(text) as { state: string; poll_after: number };
    if (state === "expired") break;
    await sleep(poll_after * 1000);
  }
  browser.leave();
}

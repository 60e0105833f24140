/** The server is killed without a word and started again on the same storage, with logins at every step. */
import { afterAll, expect, test } from "vitest";
import { Server } from "../support/server.ts";
import type { Stage } from "../support/stage.ts";
import type { Book } from "../support/faults/book.ts";
import { asking, tapYes } from "./phone-faults.ts";
import {
  expectSignedIn,
  scanOnceAttached,
  sees,
  signsIn,
  waiting,
} from "../support/faults/scene.ts";

export function serverFaults(stage: Stage, book: Book): void {
  let server: Server | undefined;
  afterAll(() => server?.remove());

  test.concurrent("killed and started again: logins at every step come through", async (t) => {
    // Longer than a restart takes, on the slowest of machines.
    server = await Server.start({ REDEEM_WITHIN_S: "120" });
    const { port } = server;
    const [untouched, asked, confirmed, redeemed] = await Promise.all([
      waiting(t, stage, port),
      asking(t, stage, port),
      asking(t, stage, port),
      asking(t, stage, port),
    ]);
    confirmed.line.losesRequests = /^POST \/login\/qrcode/;
    await tapYes(confirmed.phone.page);
    await Promise.all([confirmed.phone.shows("confirmed", 0), confirmed.tab.shows("confirmed", 0)]);
    // The server has signed this one in, and dies before anybody could be told.
    redeemed.line.losesAnswersTo = /^POST \/login\/qrcode/;
    await tapYes(redeemed.phone.page);
    await expect.poll(() => redeemed.line.lost, { timeout: 20_000 }).toBeGreaterThan(0);

    await server.kill();
    // Said while there is nobody to hear it.
    await tapYes(asked.phone.page);
    const scannedEntry = book.open(t, "server killed while scanned, yes said before it is back");
    const waitingEntry = book.open(t, "server killed while waiting");
    const confirmedEntry = book.open(t, "server killed between confirmed and redeem");
    const redeemedEntry = book.open(t, "server killed during redeem, its answer lost");
    const downAt = performance.now();
    await server.start();
    const since = performance.now();
    waitingEntry.note(`down for ${Math.round((since - downAt) / 1000)} s`);

    confirmed.line.losesRequests = undefined;
    redeemed.line.losesAnswersTo = undefined;
    await Promise.all([
      confirmed.tab.shows("home", since).then(confirmedEntry.stale),
      redeemed.tab.shows("home", since).then(redeemedEntry.stale),
      asked.tab.shows("home", since).then(scannedEntry.stale),
      // Its socket was all that kept it: until it is back, the app is told to try again.
      sees(untouched.tab, "scanned", () => scanOnceAttached(untouched)).then(waitingEntry.stale),
    ]);
    await Promise.all([confirmed.phone.shows("done", since), asked.phone.shows("done", since)]);
    for (const { tab } of [confirmed, redeemed, asked]) await expectSignedIn(tab.page);
    await signsIn(untouched);
  });
}

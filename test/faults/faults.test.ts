/**
 * A real server, a real Chromium, and a line between them that fails: every login comes through,
 * or ends with words. The table at the end says for how long a page showed something stale.
 */
import { afterAll } from "vitest";
import { useStage } from "../support/stage.ts";
import { Book } from "../support/faults/book.ts";
import { lineFaults } from "./line-faults.ts";
import { manyTabs } from "./many-tabs.ts";
import { pageFaults } from "./page-faults.ts";
import { phoneFaults } from "./phone-faults.ts";
import { serverFaults } from "./server-faults.ts";

// Whoever scans waits for the page here, however long that takes, before saying yes.
const stage = useStage({ CONFIRM_WITHIN_S: "120" });
const book = new Book();
afterAll(() => console.log(`\n${book.toString()}\n`));

// Those that wait longest come first.
serverFaults(stage, book);
lineFaults(stage, book);
phoneFaults(stage, book);
pageFaults(stage, book);
// By itself, as it takes all there is.
manyTabs(stage, book);

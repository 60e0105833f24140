/**
 * Work that holds the isolate's one thread takes turns. One after another it runs at once; in a
 * crowd there is a rest after each, so that all of it together has a share of the time and leaves
 * the rest to everybody else.
 *
 * Turns are given by the clock alone: of a caller that hangs up in the middle nothing runs any more,
 * so it could give nothing back.
 */

/** How long after somebody came while another was at work it still counts as a crowd. */
const CROWDED_FOR_MS = 3000;

export interface Turn {
  readonly given: boolean;
  /** Milliseconds until it is, or would have been, this one's turn. */
  readonly inMs: number;
}

export class Turns {
  readonly #share: number;
  readonly #waitMaxMs: number;
  #askedAt = 0;
  /** When the last turn begins, when its work should be over, and when the next may begin. */
  #beginsAt = 0;
  #overAt = 0;
  #freeAt = 0;
  #crowdedUntil = 0;

  /**
   * @param share of the thread's time that a crowd has, from 0 to 1
   * @param waitMaxMs how long one may be made to wait; where nobody waits yet, also longer
   */
  constructor(share: number, waitMaxMs: number) {
    this.#share = share;
    this.#waitMaxMs = waitMaxMs;
  }

  /**
   * @param now milliseconds since the epoch
   * @param workMs how long the work will hold the thread, by experience
   */
  take(now: number, workMs: number): Turn {
    if (now < this.#askedAt) this.#forget();
    this.#askedAt = now;
    // Work is often over a little before experience says so.
    if (now < this.#overAt - workMs / 2) this.#crowdedUntil = now + CROWDED_FOR_MS;
    const eachMs = now < this.#crowdedUntil ? workMs / this.#share : workMs;
    const at = Math.max(now, this.#freeAt);
    const inMs = at - now;
    const isNext = this.#beginsAt <= now;
    if (inMs > this.#waitMaxMs && !isNext) return { given: false, inMs };
    this.#beginsAt = at;
    this.#overAt = at + workMs;
    this.#freeAt = at + eachMs;
    return { given: true, inMs };
  }

  /** The clock was set back: what was given before says nothing about now. */
  #forget(): void {
    this.#beginsAt = 0;
    this.#overAt = 0;
    this.#freeAt = 0;
    this.#crowdedUntil = 0;
  }
}

/** How much is measured: enough to speak of a p99, or just enough to see every row print. */
export interface Scale {
  readonly name: "full" | "smoke";
  /** Logins one after another per pushed party, all parties taking turns. */
  readonly rounds: number;
  readonly warmUps: number;
  /** Logins at once per polled party, spread over its interval. */
  readonly polledLogins: number;
  readonly mintRequests: number;
  readonly drawings: number;
  readonly reading: { readonly codes: number; readonly underAll: number };
  /** Blocks per party and setting, taking turns; the median block counts. */
  readonly blocks: number;
  readonly waiting: {
    readonly browsers: readonly number[];
    readonly watchS: number;
    readonly sliceS: number;
    readonly settlesWithinS: number;
  };
  /**
   * At once → logins per block. No more: workerd keeps five files of an object open until it has
   * been idle for ten seconds, and two thousand of them exhaust what a process may have, a bare relay's too.
   */
  readonly throughput: ReadonlyMap<number, number>;
  readonly profiledLogins: number;
  readonly pageLoads: number;
  readonly coldStarts: number;
  readonly bill: {
    readonly warmUps: number;
    /** Logins, and codes, of each kind. */
    readonly each: number;
    /** How long a person takes from code to session. */
    readonly waitS: number;
    readonly leaveAfterS: number;
    /** How long each step may take: as deployed, where it is not the smoke. */
    readonly scanS: number;
    readonly confirmS: number;
    readonly redeemS: number;
  };
}

export const full: Scale = {
  name: "full",
  rounds: 300,
  warmUps: 30,
  polledLogins: 100,
  mintRequests: 2000,
  drawings: 500,
  reading: { codes: 5000, underAll: 500 },
  blocks: 3,
  waiting: { browsers: [1000, 5000], watchS: 60, sliceS: 6, settlesWithinS: 60 },
  throughput: new Map([
    [1, 150],
    [16, 600],
    [256, 600],
  ]),
  profiledLogins: 1000,
  pageLoads: 15,
  coldStarts: 20,
  bill: {
    warmUps: 200,
    each: 20,
    waitS: 20,
    leaveAfterS: 20,
    scanS: 120,
    confirmS: 60,
    redeemS: 30,
  },
};

export const smoke: Scale = {
  name: "smoke",
  rounds: 4,
  warmUps: 1,
  polledLogins: 3,
  mintRequests: 40,
  drawings: 5,
  reading: { codes: 6, underAll: 2 },
  blocks: 1,
  waiting: { browsers: [20], watchS: 2, sliceS: 1, settlesWithinS: 3 },
  throughput: new Map([
    [1, 4],
    [16, 32],
  ]),
  profiledLogins: 40,
  pageLoads: 1,
  coldStarts: 1,
  bill: { warmUps: 0, each: 2, waitS: 1, leaveAfterS: 1, scanS: 5, confirmS: 3, redeemS: 2 },
};

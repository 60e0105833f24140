/** All parties that are measured side by side, started together. */
import type { Issuer } from "../lib/issuer.ts";
import type { Party } from "../lib/party.ts";
import { startBetterAuth } from "./better-auth.ts";
import { startContractRelay } from "./contract-relay.ts";
import { startStoringRelay, startBareRelay } from "./relay.ts";
import { startHomeMade } from "./home-made.ts";
import { startOidcProvider } from "./oidc-provider.ts";
import { startThisProject, type ThisProject } from "./this-project.ts";

export interface Crowd {
  readonly parties: readonly Party[];
  /** This project as it deploys: storage on disk. */
  readonly subject: ThisProject;
  /** The same, with functions that a profile can name. */
  readonly profiled: ThisProject;
  /** The same, to be compared with those that keep everything in memory. */
  readonly inMemory: ThisProject;
  readonly bareRelay: Party;
  /** The same, and what it relays is stored first. */
  readonly storingRelay: Party;
  /** The same, and it answers our contract: what is above it is what the checks cost. */
  readonly contractRelay: Party;
  /** The home-made ones need Redis. */
  readonly redisPush?: Party;
  readonly polled?: Party;
  readonly ticking?: Party;
  readonly stop: () => Promise<void>;
}

/** Deadlines short enough that the wiping of ended logins happens while its cost is counted. */
const SOON = { SCAN_WITHIN_S: "20", CONFIRM_WITHIN_S: "8", REDEEM_WITHIN_S: "8" };
/** After the last login: when all of them have been wiped. */
export const CLEAN_UP_MS = 38_000;

export async function startCrowd(issuer: Issuer, hasRedis: boolean): Promise<Crowd> {
  const subject = await startThisProject(issuer, {
    name: "scan-login",
    storage: "disk",
    vars: SOON,
  });
  const profiled = await startThisProject(issuer, {
    name: "scan-login, profiled",
    storage: "disk",
    vars: SOON,
    readable: true,
  });
  const inMemory = await startThisProject(issuer, {
    name: "scan-login, in memory",
    storage: "memory",
    vars: SOON,
  });
  const bareRelay = await startBareRelay();
  const storingRelay = await startStoringRelay();
  const contractRelay = await startContractRelay();
  const homeMade = hasRedis && {
    redisPush: await startHomeMade(issuer, { ...kinds.push, durable: false }),
    redisPushDurable: await startHomeMade(issuer, {
      kind: "push",
      name: "Node + ws + Redis push, durable",
      durable: true,
    }),
    polled: await startHomeMade(issuer, { ...kinds.poll, durable: false }),
    ticking: await startHomeMade(issuer, { ...kinds.tick, durable: false }),
  };
  const devices = [await startOidcProvider(), await startBetterAuth()];
  const parties = [
    subject,
    inMemory,
    bareRelay,
    storingRelay,
    contractRelay,
    ...Object.values(homeMade || {}),
    ...devices,
  ];
  return {
    parties,
    subject,
    profiled,
    inMemory,
    bareRelay,
    storingRelay,
    contractRelay,
    ...homeMade,
    stop: async () => void (await Promise.all([...parties, profiled].map((party) => party.stop()))),
  };
}

export const kinds = {
  push: { kind: "push", name: "Node + ws + Redis push" },
  poll: { kind: "poll", name: "Node + Redis, one-second polling" },
  tick: { kind: "tick", name: "Node + ws, elapsed time each second" },
} as const;

/** Every state of a login. */
import type { State } from "../../src/login/machine.ts";

const all: Record<State, true> = {
  pending: true,
  scanned: true,
  verifying: true,
  confirmed: true,
  redeemed: true,
  cancelled: true,
  expired: true,
};

export const states = Object.keys(all) as readonly State[];

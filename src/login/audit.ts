import { audit, type AuditTrail } from "../core/audit.ts";
import type { Happening } from "./machine.ts";

/** A line for each thing that happens to a login. */
export const auditLogin: AuditTrail<`login.${Happening}`> = audit;

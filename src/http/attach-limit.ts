/**
 * A flood that mints and listens makes an object for each code, so one address may begin only so
 * many logins a minute. Polls and further sockets of a login that was let in are not counted: in an
 * office whose network breaks sockets, hundreds of browsers poll from one address.
 */
import { ATTACHED_REMEMBERED_MAX } from "../core/limits.ts";
import type { Refusal } from "../core/refusal.ts";
import type { Ctx } from "./context.ts";
import { overLimit } from "./flood.ts";

/** Known to this isolate only: where another serves the next poll, the login is counted again. */
const letIn = new Set<string>();

/** @param uuid of a login whose browser has shown its key */
export async function overAttachLimit(
  c: Ctx,
  uuid: string,
): Promise<Refusal<"rate_limited"> | undefined> {
  if (letIn.has(uuid)) return undefined;
  const flooded = await overLimit(c, "ATTACH_LIMIT");
  if (flooded) return flooded;
  letIn.add(uuid);
  // A set is in the order in which it was filled.
  const [oldest = ""] = letIn;
  if (letIn.size > ATTACHED_REMEMBERED_MAX) letIn.delete(oldest);
  return undefined;
}

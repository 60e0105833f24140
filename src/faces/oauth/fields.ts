import * as v from "valibot";
import { isRefusal, type Refusal } from "../../core/refusal.ts";
import type { Ctx } from "../../http/context.ts";
import { isForm, readForm } from "../../http/input.ts";
import { refuseAs } from "./errors.ts";

/** A request's parameters, each there once; one without a value is not there (RFC 6749, 3.1). */
export type Fields = Readonly<Partial<Record<string, string>>>;

export async function readFields(c: Ctx): Promise<Fields | Refusal> {
  if (!isForm(c)) return refuseAs("invalid_request", "send application/x-www-form-urlencoded");
  const fields = await readForm(c, v.record(v.string(), v.string()));
  return isRefusal(fields) ? fields : withoutEmpty(Object.entries(fields));
}

/** @param known of these, none may be there twice; others do not count at all */
export function fieldsOf(query: URLSearchParams, known: readonly string[]): Fields | Refusal {
  const twice = known.find((name) => query.getAll(name).length > 1);
  if (twice !== undefined) return refuseAs("invalid_request", `${twice} is given more than once`);
  return withoutEmpty([...query].filter(([name]) => known.includes(name)));
}

function withoutEmpty(entries: readonly (readonly [string, string])[]): Fields {
  return Object.fromEntries(entries.filter(([, value]) => value !== ""));
}

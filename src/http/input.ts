/** Input from outside: read once, checked once, refused with a word on which part was wrong. */
import * as v from "valibot";
import { isRefusal, refuse, type Refusal } from "../core/refusal.ts";
import { verifyUuid } from "../login/uuid.ts";
import type { Ctx } from "./context.ts";

/** A uuid that was minted here and is young enough to be going on. */
export function uuidFromQuery(c: Ctx): string | Refusal {
  const given = c.req.queries("uuid") ?? [];
  if (given.length > 1) return refuse("bad_request", { detail: "uuid is given more than once" });
  const [uuid = ""] = given;
  if (uuid === "") return refuse("missing_field", { detail: "uuid is missing" });
  return checkUuid(c, uuid);
}

export function checkUuid(c: Ctx, uuid: string): string | Refusal {
  const { keys, loginMaxAgeS } = c.get("config");
  const verified = verifyUuid(keys.uuid, uuid, Date.now(), loginMaxAgeS);
  if (isRefusal(verified)) return verified;
  c.set("uuid", uuid);
  return uuid;
}

export const requiredText = (maxChars: number) =>
  v.pipe(v.string(), v.nonEmpty(), v.maxLength(maxChars));

/** The body as JSON. */
export async function readJson<S extends v.GenericSchema>(
  c: Ctx,
  schema: S,
): Promise<v.InferOutput<S> | Refusal> {
  const text = await readText(c);
  if (isRefusal(text)) return text;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return refuse("bad_request", { detail: "the body is not JSON" });
  }
  return check(schema, json);
}

/** The body as a form's fields (application/x-www-form-urlencoded). */
export async function readForm<S extends v.GenericSchema>(
  c: Ctx,
  schema: S,
): Promise<v.InferOutput<S> | Refusal> {
  const text = await readText(c);
  if (isRefusal(text)) return text;
  const fields = [...new URLSearchParams(text)];
  const form = Object.fromEntries(fields);
  if (Object.keys(form).length < fields.length) {
    return refuse("bad_request", { detail: "a field is given more than once" });
  }
  return check(schema, form);
}

export function isForm(c: Ctx): boolean {
  const type = c.req.header("Content-Type") ?? "";
  return type.split(";")[0]?.trim().toLowerCase() === "application/x-www-form-urlencoded";
}

async function readText(c: Ctx): Promise<string | Refusal> {
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });
    return decoder.decode(await c.req.arrayBuffer());
  } catch {
    return refuse("bad_request", { detail: "the body is not UTF-8 text" });
  }
}

function check<S extends v.GenericSchema>(schema: S, given: unknown): v.InferOutput<S> | Refusal {
  const parsed = v.safeParse(schema, given, { abortEarly: true });
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const field = v.getDotPath(issue);
  if (field === null) return refuse("bad_request", { detail: "the body is not an object" });
  const isMissing = issue.received === "undefined" || issue.type === "non_empty";
  if (isMissing) return refuse("missing_field", { detail: `${field} is missing` });
  const shape =
    issue.type === "max_length" ? "too long" : `not a ${issue.expected ?? "usable value"}`;
  return refuse("bad_request", { detail: `${field} is ${shape}` });
}

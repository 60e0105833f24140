/**
 * How a room reads its own variables from wrangler.toml and the secrets. What is not usable becomes
 * one sentence that names the variable and what it must be, never what it was set to: a value may
 * hold a password, and the sentence reaches a log and a page.
 */
import * as v from "valibot";

export interface Misconfigured {
  readonly misconfigured: string;
}

export function misconfigured(sentence: string): Misconfigured {
  return { misconfigured: sentence };
}

export function isMisconfigured(value: object): value is Misconfigured {
  return "misconfigured" in value;
}

export const DAY_S = 86_400;

/** Whole seconds, or any other count, as text or number. */
export const count = (min: number, max: number) => {
  const what = `a whole number from ${min} to ${max}`;
  return v.pipe(
    v.unknown(),
    // Nothing is no number, though it makes 0.
    v.transform((given) => (given === "" || given === null ? Number.NaN : Number(given))),
    v.integer(what),
    v.minValue(min, what),
    v.maxValue(max, what),
  );
};

export const choice = <const Options extends readonly string[]>(options: Options) =>
  v.picklist(options, `one of ${options.join(", ")}`);

export const text = v.string("text");
export const someText = v.pipe(text, v.nonEmpty("text that is not empty"));

/** @returns what the schema makes of the variables, or a sentence about the first unusable one */
export function readSettings<S extends v.GenericSchema>(
  schema: S,
  given: Readonly<Record<string, unknown>>,
): v.InferOutput<S> | Misconfigured {
  const read = v.safeParse(schema, given, { abortEarly: true });
  if (read.success) return read.output;
  const [issue] = read.issues;
  const [variable] = v.getDotPath(issue)?.split(".") ?? [];
  const name = variable ?? "A variable";
  const what = issue.input === undefined ? "set" : issue.message;
  return misconfigured(`${name} is not usable: it must be ${what}.`);
}

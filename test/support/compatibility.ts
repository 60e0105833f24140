/** What a wrangler.toml says of the runtime: whatever else serves the bundle runs it as that does. */
export interface Compatibility {
  readonly date: string;
  readonly flags: readonly string[];
}

/** @throws where no date is set, as then nobody knows what would be deployed */
export function compatibilityOf(toml: string): Compatibility {
  const date = /^compatibility_date\s*=\s*"(.+?)"/m.exec(toml)?.[1];
  if (date === undefined) throw new Error("no compatibility_date in wrangler.toml");
  const list = /^compatibility_flags\s*=\s*\[([^\]]*)\]/m.exec(toml)?.[1] ?? "";
  return { date, flags: [...list.matchAll(/"(.+?)"/g)].map(([, flag = ""]) => flag) };
}

/** As two fields of a Worker in workerd's configuration. */
export function compatibilityText({ date, flags }: Compatibility): string {
  return `compatibilityDate = ${JSON.stringify(date)},
      compatibilityFlags = ${JSON.stringify(flags)}`;
}

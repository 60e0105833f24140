/** What a measurement hands back, and how it looks on paper. */
export type Cell = number | string | undefined;

export interface Table {
  readonly title: string;
  /** Column heading → key in the rows; ratios come first. */
  readonly columns: Readonly<Record<string, string>>;
  readonly rows: readonly Readonly<Record<string, Cell>>[];
  readonly notes?: readonly string[];
}

/** One of the things the project promises, with what was found. */
export interface Verdict {
  readonly promise: string;
  readonly found: string;
  readonly holds: boolean;
}

export interface Findings {
  readonly tables: readonly Table[];
  readonly verdicts?: readonly Verdict[];
}

/** Three digits that count; whole numbers from a hundred on. */
export function shown(cell: Cell): string {
  if (cell === undefined || (typeof cell === "number" && Number.isNaN(cell))) return "–";
  if (typeof cell === "string") return cell;
  if (Number.isInteger(cell) || Math.abs(cell) >= 100) return Math.round(cell).toLocaleString("en");
  return String(Number(cell.toPrecision(3)));
}

export function markdownOf({ title, columns, rows, notes }: Table): string {
  const keys = Object.values(columns);
  const lines = [
    Object.keys(columns),
    keys.map((_, i) => (i === 0 ? "---" : "---:")),
    ...rows.map((row) => keys.map((key) => shown(row[key]))),
  ].map((cells) => `| ${cells.join(" | ")} |`);
  return [`## ${title}`, "", ...lines, "", ...(notes ?? []).map((note) => `- ${note}`), ""].join(
    "\n",
  );
}

export function plainOf({ title, columns, rows, notes }: Table): string {
  const keys = Object.values(columns);
  const grid = [Object.keys(columns), ...rows.map((row) => keys.map((key) => shown(row[key])))];
  const widths = keys.map((_, i) => Math.max(...grid.map((cells) => (cells[i] ?? "").length)));
  const lines = grid.map((cells) =>
    cells
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join("  "),
  );
  return [`\n${title}`, ...lines, ...(notes ?? []).map((note) => `  · ${note}`)].join("\n");
}

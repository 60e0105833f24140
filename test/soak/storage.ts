/** What objects have stored, read from the files of a workerd that has ended. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

export interface Stored {
  readonly objects: number;
  /** Files of objects that hold a table, which is how any row would be kept. */
  readonly notEmpty: readonly string[];
  readonly alarms: number;
}

/**
 * workerd keeps one file per object for good: `deleteAll()` leaves a database without a table in
 * it. Alarms are kept for all objects together.
 */
export function storedIn(folder: string): Stored {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".sqlite"),
  );
  const objects = files.filter((file) => !isAlarms(file));
  return {
    objects: objects.length,
    notEmpty: objects.filter((file) => count(join(folder, file), "sqlite_master") > 0),
    alarms: files
      .filter(isAlarms)
      .reduce((sum, file) => sum + count(join(folder, file), "_cf_ALARM"), 0),
  };
}

function isAlarms(file: string): boolean {
  return file.endsWith("metadata.sqlite");
}

function count(file: string, table: string): number {
  const database = new DatabaseSync(file);
  try {
    return Number(database.prepare(`SELECT count(*) AS rows FROM ${table}`).get()?.["rows"]);
  } finally {
    database.close();
  }
}

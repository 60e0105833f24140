/**
 * Counts what the platform would bill, by standing between it and the Worker: requests to the
 * Worker, calls that reach an object, rows it writes, and how long its handlers ran.
 * Used only where counting is the point, never where time is measured.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import worker, * as bare from "./index.js";

const counts = {
  worker: 0,
  woken: 0,
  calls: {},
  messages: 0,
  closes: 0,
  alarms: 0,
  rows: {},
  wipes: 0,
  objectMs: 0,
};
const inside = new AsyncLocalStorage();
const cursors = [];

const addRows = (why, rows) => (counts.rows[why] = (counts.rows[why] ?? 0) + rows);

/** One handler of an object, unless it is called from another one of it. */
function counted(name, handler) {
  return function (...args) {
    if (inside.getStore()) return handler.apply(this, args);
    if (name === "webSocketMessage") counts.messages++;
    else if (name === "webSocketClose" || name === "webSocketError") counts.closes++;
    else if (name === "alarm") counts.alarms++;
    else counts.calls[name] = (counts.calls[name] ?? 0) + 1;
    const began = Date.now();
    const end = () => {
      counts.objectMs += Date.now() - began;
      for (const cursor of cursors.splice(0)) addRows("sql", cursor.rowsWritten);
    };
    const result = inside.run(true, () => handler.apply(this, args));
    if (typeof result?.then !== "function") return (end(), result);
    return result.finally(end);
  };
}

function patch(proto, name, tell) {
  const uncounted = proto[name];
  proto[name] = function (...args) {
    const result = uncounted.apply(this, args);
    tell(args, result);
    return result;
  };
}

/** `put` takes one key or an object of many, `delete` one key or a list. */
function rowsOf(key) {
  if (Array.isArray(key)) return key.length;
  return typeof key === "object" ? Object.keys(key).length : 1;
}

let storageIsCounted = false;

/** Every way of writing that the storage has; patched once, on the prototypes all objects share. */
function countStorage({ storage }) {
  if (storageIsCounted) return;
  storageIsCounted = true;
  const db = Object.getPrototypeOf(storage);
  patch(db, "setAlarm", () => addRows("setAlarm", 1));
  patch(db, "deleteAlarm", () => addRows("deleteAlarm", 1));
  // What deleteAll() is billed as is not documented, so it is counted beside the rows.
  patch(db, "deleteAll", () => counts.wipes++);
  for (const name of ["put", "delete"]) {
    patch(db, name, ([key]) => addRows("kv", rowsOf(key)));
    patch(Object.getPrototypeOf(storage.kv), name, () => addRows("kv", 1));
  }
  patch(Object.getPrototypeOf(storage.sql), "exec", (_, cursor) => cursors.push(cursor));
}

function counting(Bare) {
  class Counting extends Bare {
    constructor(ctx, env) {
      countStorage(ctx);
      super(ctx, env);
      counts.woken++;
    }
  }
  for (const name of Object.getOwnPropertyNames(Bare.prototype)) {
    const { value } = Object.getOwnPropertyDescriptor(Bare.prototype, name);
    if (name === "constructor" || typeof value !== "function") continue;
    Object.defineProperty(Counting.prototype, name, {
      value: counted(name, value),
      configurable: true,
    });
  }
  return Counting;
}

export const LoginObject = counting(bare.LoginObject);
export const UserObject = counting(bare.UserObject);

export default {
  ...worker,
  fetch(request, env, ctx) {
    if (new URL(request.url).pathname === "/__counts") return Response.json(counts);
    counts.worker++;
    return worker.fetch(request, env, ctx);
  },
};

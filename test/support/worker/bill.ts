/** What is asked of the Worker and of its objects, and what those write, counted. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { withBindings } from "./stages.ts";

export interface Bill {
  workerRequests: number;
  /** By what was asked of the object. */
  objectRequests: string[];
  /** By what was written: a row is a `put`, an alarm costs one row as well. */
  rows: string[];
}

interface Stub {
  fetch(...given: unknown[]): unknown;
}

/**
 * A Worker whose requests, and whose questions to objects, are counted.
 *
 * @param vars in place of its own
 */
export function counting(vars: Record<string, string> = {}) {
  const bill: Bill = { workerRequests: 0, objectRequests: [], rows: [] };
  const counted = (objects: { getByName(name: string): object }) => ({
    getByName: (name: string) =>
      new Proxy(objects.getByName(name) as Stub, {
        get(stub, call: "fetch") {
          return (...given: unknown[]) => {
            bill.objectRequests.push(call);
            return stub[call](...given);
          };
        },
      }),
  });
  const direct = withBindings({
    ...vars,
    LOGIN: counted(env.LOGIN),
    USERS: counted(env.USERS),
  });
  const via = (request: Request) => {
    bill.workerRequests++;
    return direct(request);
  };
  return { bill, via };
}

/** From here on every write of this object is on the bill. */
export function countRows(stub: unknown, { rows }: Bill): Promise<void> {
  return runInDurableObject(stub as DurableObjectStub, (_, { storage }) => {
    const put = storage.kv.put.bind(storage.kv);
    const setAlarm = storage.setAlarm.bind(storage);
    storage.kv.put = (key, value) => {
      rows.push("put");
      put(key, value);
    };
    storage.setAlarm = (time) => {
      rows.push("alarm");
      return setAlarm(time);
    };
  });
}

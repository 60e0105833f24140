/** A CPU profile of a Worker and its objects, taken over workerd's inspector. */
import { WebSocket } from "ws";

const SAMPLE_EVERY_US = 100;

interface Node {
  readonly id: number;
  readonly callFrame: {
    readonly functionName: string;
    readonly url: string;
    readonly lineNumber: number;
  };
  readonly children?: readonly number[];
}

interface RawProfile {
  readonly nodes: readonly Node[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

export interface Profile {
  /** Share of busy time spent in each function itself, largest first. */
  readonly own: readonly { readonly where: string; readonly share: number }[];
  /** Share of busy time spent in functions of this name and all they called; throws if none was seen. */
  within(functionName: string): number;
}

/** Profiles for as long as `work` takes. */
export async function profileDuring(
  inspector: string,
  work: () => Promise<void>,
): Promise<Profile> {
  const socket = new WebSocket(inspector);
  await new Promise((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
  let id = 0;
  const waiting = new Map<number, (result: unknown) => void>();
  socket.on("message", (data: Buffer) => {
    const { id: of, result } = JSON.parse(data.toString()) as { id?: number; result?: unknown };
    if (of !== undefined) waiting.get(of)?.(result);
  });
  const call = (method: string, params = {}) =>
    new Promise<unknown>((resolve) => {
      waiting.set(++id, resolve);
      socket.send(JSON.stringify({ id, method, params }));
    });
  await call("Profiler.enable");
  await call("Profiler.setSamplingInterval", { interval: SAMPLE_EVERY_US });
  await call("Profiler.start");
  await work();
  const { profile } = (await call("Profiler.stop")) as { profile: RawProfile };
  socket.terminate();
  return read(profile);
}

const isIdle = (name: string) => name === "(idle)" || name === "(root)";

function read({ nodes, samples, timeDeltas }: RawProfile): Profile {
  const own = new Map<number, number>();
  samples.forEach((node, i) => own.set(node, (own.get(node) ?? 0) + (timeDeltas[i + 1] ?? 0)));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const busy = nodes
    .filter(({ callFrame }) => !isIdle(callFrame.functionName))
    .reduce((sum, { id }) => sum + (own.get(id) ?? 0), 0);

  const byPlace = new Map<string, number>();
  for (const { id, callFrame } of nodes) {
    if (isIdle(callFrame.functionName)) continue;
    const file = callFrame.url.split("/").pop();
    const name = callFrame.functionName || "(anonymous)";
    const where = file ? `${name} (${file}:${callFrame.lineNumber + 1})` : name;
    byPlace.set(where, (byPlace.get(where) ?? 0) + (own.get(id) ?? 0));
  }

  const total = (node: Node): number =>
    (node.children ?? []).reduce(
      (sum, child) => sum + total(byId.get(child) ?? node),
      own.get(node.id) ?? 0,
    );
  const root = nodes[0];
  const inside = (node: Node | undefined, name: string): number => {
    if (!node) return 0;
    if (node.callFrame.functionName === name) return total(node);
    return (node.children ?? []).reduce((sum, child) => sum + inside(byId.get(child), name), 0);
  };
  return {
    own: [...byPlace]
      .map(([where, us]) => ({ where, share: us / busy }))
      .sort((a, b) => b.share - a.share),
    within(name) {
      // Renamed is not free of charge.
      if (!nodes.some(({ callFrame }) => callFrame.functionName === name)) {
        throw new Error(`no function ${name} in the profile`);
      }
      return inside(root, name) / busy;
    },
  };
}

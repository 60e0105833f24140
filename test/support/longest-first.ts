/** In which order the files run: what is long but mostly waits comes first, and the rest fills the gaps. */
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** By turns: those that wait for real time to pass, and those that take a core for longest. */
const first = [
  "test/faults/faults.test.ts",
  "test/browser/issuer.test.ts",
  "test/worker/hostility.test.ts",
  "test/browser/expiry.test.ts",
  "test/worker/model/model.test.ts",
  "test/browser/axe.test.ts",
];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}

function rank({ moduleId }: TestSpecification): number {
  const at = first.findIndex((file) => moduleId.endsWith(file));
  return at === -1 ? first.length : at;
}

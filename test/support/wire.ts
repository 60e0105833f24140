/** The three tables of refusals as one row a code, as the contract writes them. */
import { titleOf, type RefusalCode } from "../../src/core/refusal.ts";
import { resultOf } from "../../src/faces/qrcode/result-numbers.ts";
import { statusOf } from "../../src/http/problem.ts";

export function wireOf(code: RefusalCode) {
  return { status: statusOf[code], result: resultOf[code], title: titleOf(code) };
}

/** A login's code under each of the eight masks, with the one that qrcode-svg would choose. */
import QRCode from "qrcode-svg";
import { qrOf } from "../../src/pages/qr.ts";
import type { Modules } from "./camera.ts";

export const masks = [0, 1, 2, 3, 4, 5, 6, 7] as const;

/** What the types of qrcode-svg leave out. */
type Model = QRCode.Model & {
  makeImpl(test: boolean, mask: number): void;
  getBestMaskPattern(): number;
};

export interface Masked {
  readonly best: number;
  readonly under: (mask: number) => Modules;
}

export function maskedOf(content: string): Masked {
  const model = new QRCode({ content, ecl: "M" }).qrcode as Model;
  return {
    best: model.getBestMaskPattern(),
    under: (mask) => {
      model.makeImpl(false, mask);
      return bordered(model.modules);
    },
  };
}

/** The mask that the project draws with, found by looking at what it draws. */
export function drawnMask(): number {
  const content = "https://login.example.org/qrcode/scan";
  const { size, path } = qrOf(content);
  const drawn = Array.from({ length: size }, () => Array.from({ length: size }, () => false));
  let x = 0;
  let y = -0.5;
  for (const [, dx, dy, width] of path.matchAll(/m(-?\d+) ([\d.]+)h(\d+)/g)) {
    y += Number(dy);
    drawn[y]?.fill(true, x + Number(dx), x + Number(dx) + Number(width));
    x += Number(dx) + Number(width);
  }
  const { under } = maskedOf(content);
  const mask = masks.find((each) => String(under(each)) === String(drawn));
  if (mask === undefined) throw new Error("qrOf draws what none of the eight masks gives");
  return mask;
}

const BORDER = 4;

function bordered(rows: Modules): Modules {
  const size = rows.length + 2 * BORDER;
  return Array.from({ length: size }, (_, y) =>
    Array.from({ length: size }, (__, x) => rows[y - BORDER]?.[x - BORDER] ?? false),
  );
}

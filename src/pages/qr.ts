/**
 * A QR code as one SVG path. The encoder's own SVG is transposed and twenty times as large, so only
 * its matrix is used: one run of dark modules is one stroke, a module wide, drawn row by row. Each
 * begins where the one before it ended: relative numbers are small and alike, and so compress well.
 */
import QRCode from "qrcode-svg";

/** `size` is the side in modules, border included; `path`, stroked, is everything dark. */
export interface Qr {
  readonly size: number;
  readonly path: string;
}

/** Light modules around the symbol that a scanner needs (ISO/IEC 18004, quiet zone). */
const BORDER = 4;

/**
 * Each of the eight is valid (ISO/IEC 18004, data masking). To try them all and keep the best takes
 * more than ten times as long, and this one is read as often: `npm run bench -- --only reading`.
 */
const MASK = 4;

/** Of qrcode-svg's inside, which no version promises: so it is pinned, and tests see what is drawn. */
type Model = QRCode.Model & { makeImpl(test: boolean, mask: number): void };
const Encoder: new (options: QRCode.Options) => object = QRCode;

/** The encoder sets `qrcode` and calls its `make()`, which tries all masks: here it draws the one. */
class OneMask extends Encoder {
  declare model: Model;

  get qrcode(): Model {
    return this.model;
  }

  set qrcode(model: Model) {
    model.make = () => model.makeImpl(false, MASK);
    this.model = model;
  }
}

export function qrOf(content: string): Qr {
  // "M" survives a smudged screen or a logo's worth of glare; the URL stays in a small symbol.
  const rows = new OneMask({ content, ecl: "M" }).qrcode.modules;
  let path = "";
  let endX = 0;
  // A stroke lies on both sides of its line, which therefore runs through the modules' middles.
  let endY = -0.5;
  rows.forEach((row, y) => {
    for (let x = 0; x < row.length; x++) {
      if (!row[x]) continue;
      const start = x;
      while (row[x + 1]) x++;
      const width = x - start + 1;
      path += `m${start + BORDER - endX} ${y + BORDER - endY}h${width}`;
      endX = start + BORDER + width;
      endY = y + BORDER;
    }
  });
  return { size: rows.length + 2 * BORDER, path };
}

/** The same as a whole document, for `GET /qrcode/get?svg=1`. */
export function svgOf({ size, path }: Qr): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}"><rect fill="#fff" width="${size}" height="${size}"/><path stroke="#000" d="${path}"/></svg>`;
}

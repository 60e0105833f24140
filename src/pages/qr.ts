/**
 * A QR code as one SVG path. The encoder's own SVG is transposed and ten times as large, so only
 * its matrix is used: one run of dark modules is one rectangle, drawn row by row.
 */
import QRCode from "qrcode-svg";

/** `size` is the side in modules, border included; `path` is the `d` of everything dark. */
export interface Qr {
  readonly size: number;
  readonly path: string;
}

/** Light modules around the symbol that a scanner needs (ISO/IEC 18004, quiet zone). */
const BORDER = 4;

export function qrOf(content: string): Qr {
  // "M" survives a smudged screen or a logo's worth of glare; the URL stays in a small symbol.
  const rows = new QRCode({ content, ecl: "M" }).qrcode.modules;
  let path = "";
  rows.forEach((row, y) => {
    for (let x = 0; x < row.length; x++) {
      if (!row[x]) continue;
      const start = x;
      while (row[x + 1]) x++;
      const width = x - start + 1;
      path += `M${start + BORDER} ${y + BORDER}h${width}v1h-${width}z`;
    }
  });
  return { size: rows.length + 2 * BORDER, path };
}

/** The same as a whole document, for `GET /qrcode/get?svg=1`. */
export function svgOf({ size, path }: Qr): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}"><rect fill="#fff" width="${size}" height="${size}"/><path d="${path}"/></svg>`;
}

/** An independent QR decoder: it knows nothing of how the code was drawn. */
import jsQR from "jsqr";
import { PNG } from "pngjs";

/** @param png a screenshot with one QR code somewhere in it */
export function decodeQr(png: Buffer): string | undefined {
  const { data, width, height } = PNG.sync.read(png);
  const pixels = new Uint8ClampedArray(data.buffer, data.byteOffset, data.byteLength);
  return jsQR(pixels, width, height)?.data;
}

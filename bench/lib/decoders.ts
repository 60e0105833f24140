/** Two programs that read QR codes and have nothing in common, down to how they find one. */
import { scanGrayBuffer, ZBarConfigType, ZBarScanner, ZBarSymbolType } from "@undecaf/zbar-wasm";
import jsQR from "jsqr";
import type { Picture } from "./camera.ts";

/** @returns what the code says, if it was found and made sense */
export type Decoder = (picture: Picture) => Promise<string | undefined>;

export const decoders = {
  // JavaScript: makes the picture black and white first, by blocks of 8 × 8 pixels.
  jsQR: async ({ grey, side }) => {
    const opaque = new Uint32Array(grey.length);
    for (let i = 0; i < grey.length; i++) opaque[i] = (grey[i]! * 0x1010101) | 0xff000000;
    return jsQR(new Uint8ClampedArray(opaque.buffer), side, side, {
      inversionAttempts: "dontInvert",
    })?.data;
  },
  // C, as WebAssembly: looks for the finders by edges along lines across the grey picture.
  ZBar: async ({ grey, side }) => {
    // It draws lots. A new scanner begins with the same ones, so that no picture depends on another.
    const scanner = await ZBarScanner.create();
    scanner.setConfig(ZBarSymbolType.ZBAR_NONE, ZBarConfigType.ZBAR_CFG_ENABLE, 0);
    scanner.setConfig(ZBarSymbolType.ZBAR_QRCODE, ZBarConfigType.ZBAR_CFG_ENABLE, 1);
    const [symbol] = await scanGrayBuffer(grey.buffer, side, side, scanner);
    scanner.destroy();
    return symbol?.decode();
  },
} satisfies Record<string, Decoder>;

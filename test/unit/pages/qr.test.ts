/** The path drawn by `qrOf`, rasterised by the test's own few lines and read by an independent decoder. */
import { randomUUID } from "node:crypto";
import fc from "fast-check";
import jsQR from "jsqr";
import QRCode from "qrcode-svg";
import { describe, expect, test, vi } from "vitest";
import { qrOf, svgOf, type Qr } from "../../../src/pages/qr.ts";

const RUN = /m(-?\d+) (\d+|\d+\.5)h(\d+)/g;
const BORDER = 4;

/** Row by row, what is dark; fails on overlaps and on runs that could have been one. */
function modulesOf({ size, path }: Qr): boolean[][] {
  const rows = Array.from({ length: size }, () => Array.from({ length: size }, () => false));
  expect(path.replaceAll(RUN, "")).toBe("");
  let x = 0;
  let y = 0;
  for (const [, dx = "", dy = "", width = ""] of path.matchAll(RUN)) {
    y += Number(dy);
    const from = x + Number(dx);
    const to = from + Number(width);
    // A stroke is as thick as a module, half of it above its line.
    expect(y % 1).toBe(0.5);
    const row = rows[y - 0.5];
    expect(from).toBeGreaterThanOrEqual(0);
    expect(row?.slice(Math.max(0, from - 1), to + 1)).not.toContain(true);
    expect(to).toBeLessThanOrEqual(size);
    row?.fill(true, from, to);
    x = to;
  }
  return rows;
}

function decode(modules: boolean[][]): string | undefined {
  const scale = 3;
  const side = modules.length * scale;
  const pixels = new Uint8ClampedArray(side * side * 4).fill(255);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      if (modules[Math.floor(y / scale)]?.[Math.floor(x / scale)]) {
        pixels.fill(0, (y * side + x) * 4, (y * side + x) * 4 + 3);
      }
    }
  }
  return jsQR(pixels, side, side, { inversionAttempts: "dontInvert" })?.data;
}

/** ISO/IEC 18004, 7.9: level and mask, 15 bits around the top left finder, read in their own order. */
function formatBits(modules: boolean[][]): number {
  const along = [0, 1, 2, 3, 4, 5, 7, 8];
  const spots = [...along.map((x) => [8, x]), ...[7, 5, 4, 3, 2, 1, 0].map((y) => [y, 8])];
  return spots.reduce(
    (bits, [y = 0, x = 0]) => bits * 2 + (modules[y + BORDER]?.[x + BORDER] ? 1 : 0),
    0,
  );
}

/** The 8 that level M has, one a mask: 5 bits, 10 check bits of BCH(15,5), masked. */
const levelM = Array.from({ length: 8 }, (_, mask) => {
  let rest = mask << 10;
  for (let bit = 14; bit >= 10; bit--) if (rest & (1 << bit)) rest ^= 0x537 << (bit - 10);
  return ((mask << 10) | rest) ^ 0x5412;
});

const urls = Array.from({ length: 24 }, (_, i) => {
  const origin = ["http://localhost:8787", "https://login.example.org", "http://192.168.0.17:8787"];
  return `${origin[i % 3]}/qrcode/scan?uuid=${randomUUID()}`;
});

/** Hosts of 4, 8, … 252 characters; a name may have 253 (RFC 1035). */
const onHosts = Array.from(
  { length: 63 },
  (_, i) => `https://${"sub.".repeat(i)}a.io/qrcode/scan?uuid=${randomUUID()}`,
);

test("the URL of a login is read back by an independent decoder, 24 of 24", () => {
  for (const url of urls) expect(decode(modulesOf(qrOf(url)))).toBe(url);
});

test("the URL of a login on a host of any length is read back, 63 of 63", () => {
  for (const url of onHosts) expect(decode(modulesOf(qrOf(url)))).toBe(url);
});

test("any URL up to 300 characters is read back", () => {
  fc.assert(
    fc.property(fc.webUrl({ withQueryParameters: true, size: "medium" }), (url) => {
      fc.pre(url.length <= 300);
      expect(decode(modulesOf(qrOf(url)))).toBe(url);
    }),
    { numRuns: 25 },
  );
});

describe("the symbol of a login's URL", () => {
  const symbols = [...urls, ...onHosts].map((url) => modulesOf(qrOf(url)));

  test("has 4 light modules on each side, and a finder in three corners but not in the fourth", () => {
    for (const modules of symbols) {
      const turned = modules.map((_, x) => modules.map((row) => row[x] ?? false));
      for (const way of [modules, turned]) {
        for (const row of [...way.slice(0, BORDER), ...way.slice(-BORDER)]) {
          expect(row).not.toContain(true);
        }
      }
      const end = modules.length - BORDER - 7;
      const isFinder = (y: number, x: number) =>
        [0, 6].every((edge) => modules[y + edge]?.slice(x, x + 7).every(Boolean)) &&
        modules[y + 1]?.slice(x + 1, x + 6).every((dark) => !dark);
      expect([isFinder(BORDER, BORDER), isFinder(BORDER, end)]).toEqual([true, true]);
      expect([isFinder(end, BORDER), isFinder(end, end)]).toEqual([true, false]);
    }
  });

  test("is not transposed, which lenient decoders would forgive, and has level M and mask 4", () => {
    for (const modules of symbols) {
      expect(formatBits(modules)).toBe(levelM[4]);
      // The one module that is always dark: a row up from the bottom left finder's, column 8.
      expect(modules[modules.length - BORDER - 8]?.[BORDER + 8]).toBe(true);
    }
  });

  test("is drawn without trying the eight masks, which is what takes the time", () => {
    const inside = Object.getPrototypeOf(new QRCode("x").qrcode) as {
      getBestMaskPattern(): number;
    };
    const choice = vi.spyOn(inside, "getBestMaskPattern");
    qrOf(urls[0] ?? "");
    expect(choice).not.toHaveBeenCalled();
    // So the spy works: the encoder, used as it comes, does try them.
    expect(new QRCode("x").qrcode.moduleCount).toBe(21);
    expect(choice).toHaveBeenCalledOnce();
    choice.mockRestore();
  });

  test("is small: at most version 6, and 4,000 characters of path", () => {
    for (const url of urls) {
      const { size, path } = qrOf(url);
      expect(size).toBeLessThanOrEqual(17 + 4 * 6 + 2 * BORDER);
      expect(path.length).toBeLessThan(4000);
    }
  });
});

test("as a document it is the same path on white, over the whole size", () => {
  const qr = qrOf(urls[0] ?? "");
  const svg = svgOf(qr);
  expect(svg.startsWith(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${qr.size} `)).toBe(
    true,
  );
  expect(svg).toContain(`<rect fill="#fff" width="${qr.size}" height="${qr.size}"/>`);
  expect(svg.endsWith(`<path stroke="#000" d="${qr.path}"/></svg>`)).toBe(true);
});

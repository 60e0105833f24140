/**
 * What a camera makes of a QR code on a screen: a grey picture, drawn without a browser. Each
 * condition spoils one thing, from hardly to beyond reading, so that a difference has room to show.
 */
import type { Random } from "./random.ts";

/** Rows of modules, `true` is dark; the quiet zone included. */
export type Modules = readonly (readonly boolean[])[];

/** Square; one byte a pixel, 0 is black. */
export interface Picture {
  readonly side: number;
  readonly grey: Uint8Array<ArrayBuffer>;
}

interface Shot {
  /** Pixels a module is wide in the middle of the code. */
  readonly pixels: number;
  /** Of the code out of the picture's plane, in degrees. */
  readonly tilt: number;
  /** Standard deviation of the blur, in modules. */
  readonly blur: number;
  /** What black and white look like, in grey levels. */
  readonly black: number;
  readonly white: number;
  /** How much less light one edge of the picture gets, 0 to 1. */
  readonly shade: number;
  /** Standard deviation of the noise, in grey levels. */
  readonly noise: number;
}

const good: Shot = { pixels: 2.5, tilt: 0, blur: 0, black: 25, white: 230, shade: 0, noise: 3 };

/** @param hard 0 to 1: from what every decoder reads to what hardly one reads */
export type Condition = (hard: number) => Shot;

export const conditions: Readonly<Record<string, Condition>> = {
  small: (hard) => ({ ...good, pixels: 2.1 - 0.7 * hard }),
  blurred: (hard) => ({ ...good, blur: 0.2 + 0.3 * hard }),
  tilted: (hard) => ({ ...good, tilt: 30 + 40 * hard }),
  dim: (hard) => ({ ...good, black: 6, white: 60 - 34 * hard, shade: 0.3, noise: 4 }),
  "low contrast": (hard) => ({ ...good, black: 120, white: 180 - 40 * hard, noise: 5 }),
  noisy: (hard) => ({ ...good, noise: 10 + 35 * hard }),
};

/**
 * One picture of each code, which are of one size: by the same hand, in the same light, with the
 * same noise, so that nothing but the codes differs.
 */
export function photograph(
  codes: readonly Modules[],
  condition: Condition,
  random: Random,
): Picture[] {
  const width = codes[0]?.length ?? 0;
  const shot = condition(random());
  const view = viewOf(width, shot, random);
  const { side } = view;
  const noise = new Float32Array(side * side);
  for (let i = 0; i < noise.length; i++) {
    // Three even numbers together are near enough to a bell curve.
    noise[i] = shot.noise * (2 * (random() + random() + random()) - 3);
  }
  return codes.map((modules) => {
    const light = lightOf(modules, view);
    if (shot.blur > 0) {
      blur(light, side, 1, shot.blur * shot.pixels);
      blur(light, side, side, shot.blur * shot.pixels);
    }
    return { side, grey: expose(light, noise, shot) };
  });
}

/** Each way: a pixel gathers what nine spots on it see. */
const SPOTS = 3;
/** Around the quiet zone: neither black nor white. */
const SURROUND = 0.5;

interface View {
  /** Of the picture, in pixels. */
  readonly side: number;
  /** The module that each spot sees, row by row; one past the last is what is around the code. */
  readonly sees: Uint16Array;
}

/** Through a pinhole that is three code widths away. */
function viewOf(width: number, { pixels, tilt }: Shot, random: Random): View {
  const away = 3 * width;
  const [sin, cos] = [Math.sin((tilt * Math.PI) / 180), Math.cos((tilt * Math.PI) / 180)];
  // Tilted about an axis that lies in any direction, turned by no more than ten degrees.
  const axis = random() * 2 * Math.PI;
  const turn = axis + (random() - 0.5) * (Math.PI / 9);
  const [axisX, axisY] = [Math.cos(axis) / pixels, Math.sin(axis) / pixels];
  const [turnX, turnY] = [Math.cos(turn), Math.sin(turn)];
  const side = Math.ceil((pixels * width * 1.2) / (1 - 0.25 * sin)) + 4;
  const [left, top] = [side / 2 - random(), side / 2 - random()];
  const sees = new Uint16Array((side * SPOTS) ** 2);
  for (let row = 0; row < side * SPOTS; row++) {
    const v = (row + 0.5) / SPOTS - top;
    for (let column = 0; column < side * SPOTS; column++) {
      const u = (column + 0.5) / SPOTS - left;
      // Where the line of sight meets the tilted plane.
      const across = v * axisX - u * axisY;
      const b = (across * away) / (away * cos - across * sin);
      const a = (u * axisX + v * axisY) * (1 + (b * sin) / away);
      const x = Math.floor(a * turnX - b * turnY + width / 2);
      const y = Math.floor(a * turnY + b * turnX + width / 2);
      const isOnCode = x >= 0 && x < width && y >= 0 && y < width;
      sees[row * side * SPOTS + column] = isOnCode ? y * width + x : width * width;
    }
  }
  return { side, sees };
}

/** @returns how light each pixel is, 0 to 1 */
function lightOf(modules: Modules, { side, sees }: View): Float32Array {
  const seen = Float32Array.of(
    ...modules.flat().map((isDark) => (isDark ? 0 : 1 / SPOTS ** 2)),
    SURROUND / SPOTS ** 2,
  );
  const light = new Float32Array(side * side);
  for (let row = 0, spot = 0; row < side * SPOTS; row++) {
    const pixels = Math.floor(row / SPOTS) * side;
    for (let column = 0; column < side * SPOTS; column++, spot++) {
      light[pixels + Math.floor(column / SPOTS)]! += seen[sees[spot]!]!;
    }
  }
  return light;
}

/** A bell curve along rows (`step` 1) or columns (`step` is the side), in place. */
function blur(light: Float32Array, side: number, step: number, sigma: number): void {
  const reach = Math.ceil(3 * sigma);
  const bell = Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp(-((i - reach) ** 2) / (2 * sigma ** 2)),
  );
  const sum = bell.reduce((total, weight) => total + weight, 0);
  const across = step === 1 ? side : 1;
  const line = new Float32Array(side + 2 * reach);
  for (let i = 0; i < side; i++) {
    for (let j = 0; j < line.length; j++) {
      const inside = Math.min(Math.max(j - reach, 0), side - 1);
      line[j] = light[i * across + inside * step]!;
    }
    for (let j = 0; j < side; j++) {
      let blurred = 0;
      for (let k = 0; k < bell.length; k++) blurred += bell[k]! * line[j + k]!;
      light[i * across + j * step] = blurred / sum;
    }
  }
}

function expose(light: Float32Array, noise: Float32Array, shot: Shot): Uint8Array<ArrayBuffer> {
  const { black, white, shade } = shot;
  const side = Math.sqrt(light.length);
  const grey = new Uint8ClampedArray(light.length);
  for (let i = 0; i < grey.length; i++) {
    const lamp = 1 - (shade * (i % side)) / side;
    grey[i] = (black + (white - black) * light[i]!) * lamp + noise[i]!;
  }
  return new Uint8Array(grey.buffer);
}

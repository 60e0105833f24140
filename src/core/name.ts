/**
 * Names as they may be shown: a user's, a site's. They come from outside and stand beside a "yes",
 * so what turns, hides or breaks text is taken out once, where the name comes in.
 */
import { NAME_MAX_CHARS } from "./limits.ts";

/** Shown for a user without any name that can be shown; the same in every language. */
const NAMELESS = "?";

/** More than any name; what follows is not looked at. */
const LOOKED_AT_CHARS = 10 * NAME_MAX_CHARS;

/**
 * @param candidates whatever was sent as a name, best first; text counts, other types are passed over
 * @returns the first of them that shows anything: on one line, without control and format
 * characters, at most `NAME_MAX_CHARS` long and never cut within what people see as one character
 */
export function nameFrom(...candidates: readonly unknown[]): string {
  for (const candidate of candidates) {
    const name = typeof candidate === "string" ? cleaned(candidate) : "";
    if (name !== "") return name;
  }
  return NAMELESS;
}

function cleaned(text: string): string {
  const visible = text
    .slice(0, LOOKED_AT_CHARS)
    .replace(invisible, "$<needed>")
    .replace(/[\s\p{Cc}]+/gu, " ")
    // A mark with nothing before it would sit on the sentence around the name.
    .replace(/^[ \p{M}]+/u, "");
  return shortened(visible.trimEnd());
}

function shortened(name: string): string {
  if (name.length <= NAME_MAX_CHARS) return name;
  let short = "";
  for (const { segment } of graphemes().segment(name)) {
    if (short.length + segment.length >= NAME_MAX_CHARS) break;
    short += segment;
  }
  return short === "" ? "" : `${short.trimEnd()}…`;
}

let segmenter: Intl.Segmenter | undefined;

/** Made when it is needed first: it is slow to make, and few names are too long. */
function graphemes(): Intl.Segmenter {
  return (segmenter ??= new Intl.Segmenter("und", { granularity: "grapheme" }));
}

/** Scripts that spell words with joiners: a name in Sinhala or Persian is another one without. */
const joining = ["Arab", "Syrc", "Mong", "Deva", "Beng", "Guru", "Gujr", "Orya", "Taml", "Telu"]
  .concat("Knda", "Mlym", "Sinh", "Khmr", "Mymr")
  .map((script) => String.raw`\p{scx=${script}}`)
  .join("");

/** Invisible characters that change what is seen, each only where it does. */
const needed = [
  // A joiner between two letters of such a script (UAX #31, section 2.3).
  String.raw`(?<=[${joining}])[\u200C\u200D](?=[${joining}])`,
  // A family or a profession: several emoji that are drawn as one (UTS #51).
  String.raw`(?<=\p{ExtPict}\p{EMod}?\uFE0F?)\u200D(?=\p{ExtPict})`,
  String.raw`(?<=\p{ExtPict})\uFE0F`,
  String.raw`(?<=[0-9#*])\uFE0F(?=\u20E3)`,
  // The form of one ideograph (UTS #37) or Mongolian letter.
  String.raw`(?<=\p{sc=Han})[\uFE00-\uFE02\u{E0100}-\u{E01EF}]`,
  String.raw`(?<=\p{sc=Mong})[\u180B-\u180D\u180F]`,
].join("|");

/**
 * Format characters (the bidirectional controls among them), halves of surrogate pairs, what is
 * drawn as nothing, and the blank pattern of Braille. Control characters separate words, so they
 * become white space instead.
 */
const invisible = new RegExp(String.raw`(?<needed>${needed})|[\p{Cf}\p{Cs}\p{DI}\u2800]`, "gu");

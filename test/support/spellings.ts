/** Wrong spellings of something signed: whatever differs from it in one place. */

const BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Every text that has one character replaced by another of the alphabet, in every place. */
export function* altered(text: string, alphabet = BASE64URL): Generator<string> {
  for (let i = 0; i < text.length; i++) {
    for (const other of alphabet) {
      if (other !== text[i]) yield text.slice(0, i) + other + text.slice(i + 1);
    }
  }
}

/** Every shorter beginning and end of it, down to nothing. */
export function* truncated(text: string): Generator<string> {
  for (let i = 0; i < text.length; i++) {
    yield text.slice(0, i);
    yield text.slice(text.length - i);
  }
}

/** With something before or after it that a lenient decoder would skip. */
export function* extended(text: string): Generator<string> {
  for (const more of ["A", "0", "=", "==", " ", "\n", "\0", ".", ".A", text, "\u00e9"]) {
    yield text + more;
    yield more + text;
  }
}

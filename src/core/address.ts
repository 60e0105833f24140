/** Internet addresses, as numbers: which network one is of, and how much of it is shown. */

/** Four numbers up to 255, or eight up to 65,535. */
type Address =
  | { readonly v: 4; readonly parts: readonly number[] }
  | { readonly v: 6; readonly parts: readonly number[] };

/**
 * What one customer has: an IPv4 address, with whatever is behind it, or an IPv6 /64 (RFC 6177).
 * Two addresses of one network give the same text. Anything else is returned unchanged.
 */
export function networkOf(text: string): string {
  const address = parse(text);
  if (address === undefined) return text;
  return address.v === 4 ? address.parts.join(".") : hex(address.parts.slice(0, 4));
}

/** Undefined where nobody can tell. Many homes have both kinds, so IPv4 and IPv6 prove nothing. */
export function areOneNetwork(one = "", other = ""): boolean | undefined {
  if (parse(one) === undefined || parse(one)?.v !== parse(other)?.v) return undefined;
  return networkOf(one) === networkOf(other);
}

/**
 * The provider's network, in CIDR notation (RFC 4632): "203.0.0.0/16", "2001:db8::/32". A longer
 * prefix would name one firm or one home: an IPv6 /48 is a single customer's.
 */
export function providerOf(text: string): string | undefined {
  const address = parse(text);
  if (address === undefined) return undefined;
  const [first = 0, second = 0] = address.parts;
  if (address.v === 4) return `${first}.${second}.0.0/16`;
  const head = second === 0 ? (first === 0 ? [] : [first]) : [first, second];
  return `${hex(head)}::/32`;
}

function parse(text: string): Address | undefined {
  if (!text.includes(":")) {
    const parts = bytesOf(text);
    return parts && { v: 4, parts };
  }
  const parts = groupsOf(text);
  if (parts === undefined) return undefined;
  // An IPv4 address written as IPv6, "::ffff:203.0.113.7" (RFC 4291, section 2.5.5.2).
  const isMapped = parts.slice(0, 5).every((part) => part === 0) && parts[5] === 0xffff;
  if (!isMapped) return { v: 6, parts };
  const [high = 0, low = 0] = parts.slice(6);
  return { v: 4, parts: [high >> 8, high & 255, low >> 8, low & 255] };
}

/** "203.0.113.7" */
function bytesOf(text: string): number[] | undefined {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return undefined;
  const bytes = text.split(".").map(Number);
  return bytes.every((byte) => byte < 256) ? bytes : undefined;
}

/** RFC 4291, section 2.2: "::" stands for the missing zeros; the last two may be written as IPv4. */
function groupsOf(text: string): number[] | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half) => (half === "" ? [] : half.split(":").map(groupOf)));
  const given = [...(head ?? []), ...(tail ?? [])].flat();
  if (given.includes(undefined)) return undefined;
  const missing = 8 - given.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const zeros = Array<number>(missing).fill(0);
  return [...(head ?? []), ...zeros, ...(tail ?? [])].flat() as number[];
}

function groupOf(text: string): number[] | [undefined] {
  if (/^[\da-f]{1,4}$/i.test(text)) return [Number.parseInt(text, 16)];
  const [a, b, c, d] = bytesOf(text) ?? [];
  if (a === undefined || b === undefined || c === undefined || d === undefined) return [undefined];
  return [a * 256 + b, c * 256 + d];
}

function hex(parts: readonly number[]): string {
  return parts.map((part) => part.toString(16)).join(":");
}

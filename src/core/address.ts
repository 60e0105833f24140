/** Internet addresses, as the edge writes them: which network one is of, and what of it is shown. */

const GROUPS_64 = 4;
const GROUPS_32 = 2;

/**
 * What one customer has: an IPv4 address, with whatever is behind it, or an IPv6 /64 (RFC 6177).
 * Two addresses of one network have the same text.
 */
export function networkOf(address: string): string {
  return isIpv6(address) ? firstGroups(address, GROUPS_64).join(":") : address;
}

/** Of an IPv4 and an IPv6 address nobody can tell: many networks have both. */
export function areOneNetwork(
  one: string | undefined,
  other: string | undefined,
): boolean | undefined {
  if (one === undefined || other === undefined) return undefined;
  if (isIpv6(one) !== isIpv6(other)) return undefined;
  return networkOf(one) === networkOf(other);
}

/** Enough to recognise one's own provider by, too little to find anybody: "203.0.*.*", "2001:db8:*". */
export function shortened(address: string): string {
  if (isIpv6(address)) return `${firstGroups(address, GROUPS_32).join(":")}:*`;
  const [first = "", second = ""] = address.split(".");
  return `${first}.${second}.*.*`;
}

function isIpv6(address: string): boolean {
  return address.includes(":");
}

function firstGroups(address: string, count: number): string[] {
  const [head = ""] = address.split("::", 1);
  const groups = head === "" ? [] : head.split(":");
  return [...groups, ...Array<string>(count).fill("0")].slice(0, count);
}

/** Narrowest first. */
export type Networks = readonly [string, ...string[]];

/**
 * The networks that an address is of. An IPv4 address stands for itself; of IPv6 one
 * customer has a /64, and often a whole /56 or /48 (RFC 6177), in which the next /64 costs nothing.
 *
 * @param address as the edge writes it, in any spelling of RFC 5952
 */
export function networksOf(address: string): Networks {
  // An IPv4 address as IPv6 spells it (RFC 4291, section 2.5.5.2).
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined || !address.includes(":")) return [mapped ?? address];
  const groups = groupsOf(address);
  const [customer, subnet = ""] = [groups.slice(0, 3).join(":"), groups[3]];
  return [`${customer}:${subnet}/64`, `${customer}:${subnet.slice(0, 2)}/56`, `${customer}/48`];
}

/** All eight groups, each of four digits. */
function groupsOf(address: string): string[] {
  const [head = "", tail] = address.split("::");
  const first = head === "" ? [] : head.split(":");
  const last = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - first.length - last.length);
  return [...first, ...Array<string>(zeros).fill("0"), ...last].map((group) =>
    group.toLowerCase().padStart(4, "0"),
  );
}

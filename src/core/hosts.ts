/** Names and addresses that only a local machine has; as a URL or an address header spells them. */

/** A machine's own name for itself: there is no network between browser and Worker. */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === "localhost" ||
    hostname.endsWith(".localhost") ||
    hostname === "[::1]" ||
    hostname === "::1" ||
    /^127\.\d+\.\d+\.\d+$/.test(hostname)
  );
}

/** Addresses that no deployment has: RFC 1918, RFC 3927, RFC 4193, RFC 6762. */
export function isLocalNetwork(hostname: string): boolean {
  return (
    isLoopback(hostname) ||
    hostname.endsWith(".local") ||
    /^10\.\d+\.\d+\.\d+$/.test(hostname) ||
    /^192\.168\.\d+\.\d+$/.test(hostname) ||
    /^169\.254\.\d+\.\d+$/.test(hostname) ||
    /^172\.(1[6-9]|2\d|3[01])\.\d+\.\d+$/.test(hostname) ||
    /^\[?f[cd][0-9a-f]{2}:/.test(hostname) ||
    /^\[?fe[89ab][0-9a-f]:/.test(hostname)
  );
}

/** The addresses that a client has registered, compared as strings (RFC 9700, section 4.1.3). */
const loopback = /^(http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost))(?::(?:0|[1-9]\d{0,4}))?(?=[/?]|$)/;

/** A loopback address may be at any port: a native app takes one that is free (RFC 8252, 7.3). */
export function isRegistered(registered: readonly string[], given: string): boolean {
  return registered.some((uri) => uri === given || isAtOtherPort(uri, given));
}

function isAtOtherPort(registered: string, given: string): boolean {
  if (!loopback.test(registered) || !loopback.test(given)) return false;
  return registered.replace(loopback, "$1") === given.replace(loopback, "$1");
}

/** Registered addresses have no fragment; a query of their own stays as it is. */
export function withParameters(uri: string, parameters: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(parameters).toString();
  return `${uri}${uri.includes("?") ? "&" : "?"}${query}`;
}

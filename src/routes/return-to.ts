/**
 * Where a login ends: a path on this origin, else the home page. Refused are other origins in all
 * their spellings: `https://…`, `//host`, `/\host`, and either slash percent-encoded.
 */
export function safeReturnTo(given: string | undefined, origin: string): string {
  if (given === undefined || given.length > 2048) return "/";
  if (!/^\/(?![/\\]|%2f|%5c)/i.test(given)) return "/";
  const url = URL.parse(given, origin);
  if (url?.origin !== origin) return "/";
  // Dot segments are resolved only now: "/..//host" has become "//host".
  return url.pathname.startsWith("//") ? "/" : url.pathname + url.search + url.hash;
}

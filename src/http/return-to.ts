/**
 * Where a login ends: a path on this origin, else the home page. Refused are other origins in all
 * their spellings: `https://…`, `//host`, `/\host`, and either slash percent-encoded. So is a code's
 * own page: no login ends there, and it would be reached as from one of our pages.
 */
export function safeReturnTo(given: string | undefined, origin: string): string {
  if (given === undefined || given.length > 2048 || !isOwnPath(given)) return "/";
  const url = URL.parse(given, origin);
  // Looked at again once dot segments and control characters are resolved: "/..//host" is "//host".
  if (url?.origin !== origin || !isOwnPath(url.pathname)) return "/";
  return url.pathname + url.search + url.hash;
}

function isOwnPath(path: string): boolean {
  return /^\/(?![/\\]|%2f|%5c)/i.test(path) && !decoded(path).startsWith("/qrcode/");
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** The cookies of one browser, by name. Attributes other than the one that clears are not its business. */
export class CookieJar extends Map<string, string> {
  /** What to send along: one `Cookie` header, or none. */
  get headers(): Record<string, string> {
    if (this.size === 0) return {};
    return { Cookie: [...this].map(([name, value]) => `${name}=${value}`).join("; ") };
  }

  /** Keeps what a response sets, and drops what it clears. */
  take({ headers }: Pick<Response, "headers">): void {
    for (const cookie of headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (/; *max-age=0\b/i.test(cookie)) this.delete(name);
      else this.set(name, value);
    }
  }
}

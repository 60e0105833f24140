/** Listens to a page for what nobody should have to see: errors, violations, lax headers. */
import type { Page, Response } from "playwright-core";

/** @returns asks what there was to complain about so far */
export function watchFor(page: Page): () => string[] {
  const complaints: string[] = [];
  // Violations of the content security policy are told on the console, too.
  page.on("console", (message) => {
    if (message.type() !== "error" && message.type() !== "warning") return;
    complaints.push(`console: ${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => complaints.push(`script: ${error.stack}`));
  page.on("requestfailed", (request) => {
    // A page that is left takes its requests with it.
    const why = request.failure()?.errorText;
    if (why !== "net::ERR_ABORTED") complaints.push(`${request.url()}: ${why}`);
  });
  page.on("response", (response) => complaints.push(...laxHeadersOf(response)));
  return () => complaints;
}

/** Every file of ours, too: a script opened by itself is a page like any other. */
const everywhere: Record<string, RegExp> = {
  "content-security-policy": /default-src 'none'.*frame-ancestors 'none'/,
  "x-content-type-options": /^nosniff$/,
  "cross-origin-resource-policy": /^same-origin$/,
  "referrer-policy": /^(same-origin|no-referrer)$/,
};
/** The claim `picture` leads websites to these. */
const pictures: Record<string, RegExp> = {
  ...everywhere,
  "cross-origin-resource-policy": /^cross-origin$/,
};
/** What the Worker itself answers. */
const dynamic: Record<string, RegExp> = {
  ...everywhere,
  "content-security-policy":
    /^(?!.*unsafe)(?=.*default-src 'none')(?=.*script-src 'self')(?=.*base-uri 'none')(?=.*frame-ancestors 'none')/,
  "cross-origin-opener-policy": /^same-origin$/,
  "permissions-policy": /camera=\(\)/,
  "x-frame-options": /^DENY$/,
  "cache-control": /^no-store$/,
};

function laxHeadersOf(response: Response): string[] {
  const headers = response.headers();
  return Object.entries(wantedOf(new URL(response.url()).pathname))
    .filter(([name, wanted]) => !wanted.test(headers[name] ?? ""))
    .map(([name]) => `${response.url()}: ${name} is ${headers[name] ?? "missing"}`);
}

function wantedOf(path: string): Record<string, RegExp> {
  if (path.startsWith("/avatars/")) return pictures;
  return /\.(js|css|svg|png|ico)$/.test(path) ? everywhere : dynamic;
}

/**
 * Stands in for the platform's edge in the browser measurement: static files by their type, and
 * text compressed, neither of which plain workerd does by itself.
 */
const types = { css: "text/css", js: "text/javascript", svg: "image/svg+xml" };

export default {
  async fetch(request, { FILES, WORKER }) {
    const { pathname } = new URL(request.url);
    const type = types[pathname.split(".").pop()];
    const answer = await (type ? FILES : WORKER).fetch(request);
    if (answer.status === 101) return answer;
    const headers = new Headers(answer.headers);
    if (type) {
      headers.set("content-type", type);
      headers.set("cache-control", "public, max-age=0, must-revalidate");
    }
    const isText = /^text|json|javascript|svg/.test(headers.get("content-type") ?? "");
    if (
      isText &&
      answer.status === 200 &&
      request.headers.get("accept-encoding")?.includes("gzip")
    ) {
      // The runtime compresses by itself what is labelled so.
      headers.set("content-encoding", "gzip");
      headers.delete("content-length");
    }
    return new Response(answer.body, { status: answer.status, headers });
  },
};

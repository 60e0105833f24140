/**
 * A login page built the usual way, kept as light as its kind allows: empty HTML; a stylesheet;
 * the most used QR library and the most used socket client as scripts, minified, compressed,
 * fetched side by side; then the code is asked for, drawn, and listened on.
 *
 * node server.ts PORT
 */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { Server } from "socket.io";

const require = createRequire(import.meta.url);
const packageDir = (name: string) => dirname(require.resolve(`${name}/package.json`));

const page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sign in</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css">
<script defer src="/qrcode.min.js"></script><script defer src="/socket.io.min.js"></script>
<script defer src="/app.js"></script></head><body><main id="root"></main></body></html>`;
const style = `body{margin:0;min-height:100vh;display:grid;place-items:center;font-family:system-ui;background:#f4f5f7}
main{padding:2rem;border-radius:1rem;background:#fff;text-align:center}#code{width:256px;height:256px}`;
const app = `(async () => {
  const root = document.getElementById("root");
  root.innerHTML = "<h1>Sign in</h1><div id=code></div><p>Scan with your phone</p>";
  const { uuid } = await (await fetch("/api/qrcode")).json();
  new QRCode(document.getElementById("code"), { text: location.origin + "/scan?uuid=" + uuid, width: 256, height: 256 });
  io({ transports: ["websocket"], query: { uuid } }).on("state", (state) => { root.dataset.state = state; });
})();`;

const files = new Map(
  Object.entries({
    "/": ["text/html", page],
    "/style.css": ["text/css", style],
    "/app.js": ["text/javascript", app],
    "/qrcode.min.js": [
      "text/javascript",
      readFileSync(join(packageDir("qrcodejs"), "qrcode.min.js")),
    ],
    "/socket.io.min.js": [
      "text/javascript",
      readFileSync(join(packageDir("socket.io-client"), "dist/socket.io.min.js")),
    ],
  }).map(([path, [type, text]]) => [path, { type, body: gzipSync(text ?? "", { level: 9 }) }]),
);

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? "", "http://localhost");
  const file = files.get(pathname);
  if (file) {
    response.writeHead(200, {
      "content-type": file.type?.toString(),
      "content-encoding": "gzip",
      "content-length": file.body.length,
    });
    return void response.end(file.body);
  }
  if (pathname !== "/api/qrcode") return void response.writeHead(404).end();
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify({ uuid: randomUUID() }));
});
const io = new Server(server, { serveClient: false });
io.on("connection", (socket) => socket.emit("state", "pending"));
server.listen(Number(process.argv[2]), "127.0.0.1");

/**
 * The usual home-made login by code, as tight as its kind allows: one Node process, the login in
 * Redis with a time to live, one Lua script per change (one round trip, atomic, and the publish
 * in it), one subscriber connection that hands messages on to the sockets.
 *
 * The phone's token is the same and is verified as in this project; there is no browser key, no
 * signed uuid, and the phone is told nothing of the browser, as is usual there.
 *
 * node server.ts PORT REDIS_PORT [tick]; with "tick" every waiting browser is told each second
 * how long it has waited. PUBLIC_KEY is the token issuer's key in PEM.
 */
import { createPublicKey, randomBytes, randomUUID, verify } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createClient, defineScript } from "redis";
import { WebSocketServer, type WebSocket } from "ws";

const [port, redisPort, tick] = process.argv.slice(2);
const publicKey = createPublicKey(process.env["PUBLIC_KEY"] ?? "");
const SCAN_WITHIN_S = 600;
const SESSION_TTL_S = 7 * 86_400;
const BODY_MAX_BYTES = 4096;

/** KEYS: login. ARGV: state it must be in, next state, message, user, ticket. */
const change = `
  if redis.call("HGET", KEYS[1], "state") ~= ARGV[1] then return 0 end
  redis.call("HSET", KEYS[1], "state", ARGV[2], "user", ARGV[4], "ticket", ARGV[5])
  redis.call("PUBLISH", KEYS[1], ARGV[3])
  return 1`;
/** KEYS: login, session. ARGV: ticket, session's time to live. */
const redeem = `
  if ARGV[1] == "" or redis.call("HGET", KEYS[1], "ticket") ~= ARGV[1] then return 0 end
  redis.call("SET", KEYS[2], redis.call("HGET", KEYS[1], "user"), "EX", ARGV[2])
  redis.call("DEL", KEYS[1])
  return 1`;
const script = (SCRIPT: string, keys: number) =>
  defineScript({
    SCRIPT,
    NUMBER_OF_KEYS: keys,
    parseCommand(parser, keyNames: string[], args: string[]) {
      parser.pushKeys(keyNames);
      parser.push(...args);
    },
    transformReply: (reply: unknown) => reply === 1,
  });

const redis = createClient({
  url: `redis://127.0.0.1:${redisPort}`,
  scripts: { change: script(change, 1), redeem: script(redeem, 2) },
});
const subscriber = redis.duplicate();
await Promise.all([redis.connect(), subscriber.connect()]);

const waiting = new Map<string, WebSocket>();
await subscriber.pSubscribe("login:*", (message, key) => waiting.get(key)?.send(message));

function userOf(request: IncomingMessage): string | undefined {
  const [, head = "", body = "", signature = ""] =
    /^Bearer ([^.]+)\.([^.]+)\.([^.]+)$/.exec(request.headers.authorization ?? "") ?? [];
  const isGood = verify(
    "sha256",
    Buffer.from(`${head}.${body}`),
    publicKey,
    Buffer.from(signature, "base64url"),
  );
  if (!isGood) return undefined;
  const claims = JSON.parse(Buffer.from(body, "base64url").toString()) as {
    sub: string;
    exp: number;
  };
  return claims.exp * 1000 > Date.now() ? claims.sub : undefined;
}

function answer(response: ServerResponse, status: number, body: object, headers = {}): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

async function mint(): Promise<string> {
  const uuid = randomUUID();
  await redis
    .multi()
    .hSet(`login:${uuid}`, "state", "pending")
    .expire(`login:${uuid}`, SCAN_WITHIN_S)
    .exec();
  return uuid;
}

async function tap(
  request: IncomingMessage,
  response: ServerResponse,
  uuid: string,
  from: string,
  to: string,
) {
  const user = userOf(request);
  if (user === undefined) return answer(response, 401, {});
  const ticket = to === "confirmed" ? randomBytes(16).toString("base64url") : "";
  const message = JSON.stringify({ state: to, user, ticket });
  const changed = await redis.change([`login:${uuid}`], [from, to, message, user, ticket]);
  return answer(response, changed ? 200 : 409, { state: to });
}

async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? "", "http://localhost");
  const uuid = searchParams.get("uuid") ?? "";
  switch (`${request.method} ${pathname}`) {
    case "GET /qrcode/get":
      return answer(response, 200, { uuid: await mint() });
    case "GET /qrcode/check": {
      const [state, ticket] = await redis.hmGet(`login:${uuid}`, ["state", "ticket"]);
      return answer(response, state ? 200 : 404, { state, ticket });
    }
    case "POST /qrcode/scan":
      return tap(request, response, uuid, "pending", "scanned");
    case "POST /qrcode/confirm":
      return tap(request, response, uuid, "scanned", "confirmed");
    case "POST /login/qrcode": {
      const { uuid: id, ticket } = JSON.parse(await textOf(request)) as {
        uuid: string;
        ticket: string;
      };
      const session = randomBytes(24).toString("base64url");
      const isGood = await redis.redeem(
        [`login:${id}`, `session:${session}`],
        [ticket, String(SESSION_TTL_S)],
      );
      if (!isGood) return answer(response, 403, {});
      return answer(response, 200, {}, { "set-cookie": `session=${session}; HttpOnly; Path=/` });
    }
    default:
      return answer(response, 404, {});
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const part of request) {
    text += String(part);
    if (text.length > BODY_MAX_BYTES) throw new Error("body too large");
  }
  return text;
}

const server = createServer((request, response) => {
  route(request, response).catch((error: unknown) =>
    answer(response, 500, { error: String(error) }),
  );
});
const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
server.on("upgrade", (request, socket, head) => {
  const uuid = new URL(request.url ?? "", "http://localhost").searchParams.get("uuid") ?? "";
  sockets.handleUpgrade(request, socket, head, (browser) => {
    const key = `login:${uuid}`;
    waiting.set(key, browser);
    const began = Date.now();
    const ticking =
      tick &&
      setInterval(
        () => browser.send(JSON.stringify({ elapsed_s: Math.round((Date.now() - began) / 1000) })),
        1000,
      );
    browser.once("close", () => {
      waiting.delete(key);
      if (ticking) clearInterval(ticking);
    });
    browser.on("error", () => browser.terminate());
    browser.send('{"state":"pending"}');
  });
});
server.listen(Number(port), "127.0.0.1");

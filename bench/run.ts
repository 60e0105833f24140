/**
 * How fast and how cheap a login is, next to what people would use instead; all in one run.
 *
 * node run.ts [--smoke] [--only speed,throughput,mint,reading,waiting,page,cold,bill,oauth]   see README.md
 */
import { parseArgs } from "node:util";
import { chromiumPath, launch } from "./lib/chromium.ts";
import { startIssuer } from "./lib/issuer.ts";
import { setting } from "./lib/machine.ts";
import type { Party } from "./lib/party.ts";
import { Report } from "./lib/report.ts";
import { full, smoke } from "./lib/scale.ts";
import { measureBill } from "./measure/bill.ts";
import { measureCold } from "./measure/cold.ts";
import { measureDrawing } from "./measure/drawing.ts";
import { measureMint } from "./measure/mint.ts";
import { measureOAuth } from "./measure/oauth.ts";
import { measurePage } from "./measure/page.ts";
import { measureReading } from "./measure/reading.ts";
import { measureSpeed } from "./measure/speed.ts";
import { measureThroughput } from "./measure/throughput.ts";
import { measureWaiting, type Waiter } from "./measure/waiting.ts";
import { kinds, startCrowd } from "./servers/crowd.ts";
import { startBetterAuthProvider } from "./servers/for-sites/better-auth.ts";
import { startOidcProvider } from "./servers/for-sites/oidc-provider.ts";
import { startThisProvider } from "./servers/for-sites/this-project.ts";
import { startBareRelay } from "./servers/relay.ts";
import { startHomeMade } from "./servers/home-made.ts";
import { redisVersion } from "./servers/redis.ts";
import { bundleThisProject, startThisProject } from "./servers/this-project.ts";
import { startUsualPage } from "./servers/usual-page.ts";

const { values: options } = parseArgs({
  options: { smoke: { type: "boolean", default: false }, only: { type: "string" } },
});
const scale = options.smoke ? smoke : full;
const only = options.only?.split(",");
const wants = (...names: string[]) => !only || names.some((name) => only.includes(name));

const report = new Report();
const chromium = chromiumPath();
const hasRedis = redisVersion() !== undefined;
if (!hasRedis)
  report.skip("Redis peers", "redis-server is not on PATH (apt-get install redis-server)");
if (!chromium) report.skip("6. page", "no Chromium on PATH (install one, or set CHROMIUM_PATH)");
const issuer = await startIssuer();

if (wants("speed", "throughput", "mint")) {
  const crowd = await startCrowd(issuer, hasRedis);
  const { parties, subject, profiled, inMemory, storingRelay, contractRelay, polled, ticking } =
    crowd;
  if (wants("speed")) await report.add("1, 2: speed", () => measureSpeed(crowd, scale));
  if (wants("mint")) {
    // What differs from another party only in how a login goes on mints as that one does.
    const same = new Set<Party | undefined>([
      inMemory,
      storingRelay,
      contractRelay,
      polled,
      ticking,
    ]);
    const minters = parties.filter((party) => !same.has(party));
    await report.add("3: mint", () => measureMint(minters, subject, profiled, scale));
    await report.add("3b: drawing", () => measureDrawing(scale));
  }
  if (wants("throughput")) {
    const sprinters = parties.filter(
      (party) => party.hears === "push" && party !== ticking && party !== contractRelay,
    );
    await report.add("5: throughput", () => measureThroughput(sprinters, subject, profiled, scale));
  }
  await crowd.stop();
}

if (wants("reading")) await report.add("3c: reading", () => measureReading(scale));

if (wants("waiting")) {
  // Nobody scans, and nothing may expire while it is watched.
  const vars = { SCAN_WITHIN_S: "600" };
  const homeMade = (kind: keyof typeof kinds) =>
    startHomeMade(issuer, { ...kinds[kind], durable: false });
  // Who is silent while nothing happens, and who is not.
  const silent: Waiter[] = [
    {
      role: "subject",
      start: () =>
        startThisProject(issuer, { name: "scan-login", storage: "disk", counting: true, vars }),
    },
    { start: startBareRelay },
  ];
  const talking: Waiter[] = [];
  if (hasRedis) {
    silent.push({ start: () => homeMade("push") });
    talking.push({ start: () => homeMade("tick"), role: "ticking" });
    talking.push({ start: () => homeMade("poll") });
  }
  await report.add("4: waiting", () => measureWaiting([silent, talking], scale));
}

if (wants("page") && chromium) {
  await report.add("6: page", async () => {
    const site = await startThisProject(issuer, {
      name: "scan-login, page",
      storage: "disk",
      assets: true,
    });
    const usual = await startUsualPage();
    const browser = await launch(chromium);
    try {
      return await measurePage(
        [
          { name: "scan-login", port: Number(new URL(site.origin).port), isSubject: true },
          { name: "the usual page: qrcodejs + socket.io", port: usual.port },
        ],
        browser,
        scale,
      );
    } finally {
      await Promise.all([browser.close(), site.stop(), usual.stop()]);
    }
  });
}

if (wants("cold")) {
  const starts = {
    subject: () => startThisProject(issuer, { name: "scan-login", storage: "disk" }),
    bareWorker: startBareRelay,
  };
  await report.add("7: cold start", async () =>
    measureCold(starts, await bundleThisProject(), scale),
  );
}

if (wants("bill")) {
  await report.add("8: bill", () => measureBill(issuer, scale));
}

if (wants("oauth")) {
  await report.add("9: a login for a website", async () => {
    const inMemory = await startThisProvider(issuer, {
      name: "scan-login, in memory",
      storage: "memory",
    });
    const peer = await startOidcProvider("jwt");
    const all = [
      await startThisProvider(issuer, { name: "scan-login", storage: "disk" }),
      inMemory,
      peer,
      await startOidcProvider("opaque"),
      await startBetterAuthProvider(),
    ];
    const counting = await startThisProvider(issuer, {
      name: "scan-login, counted",
      storage: "memory",
      counting: true,
    });
    try {
      return await measureOAuth({ all, inMemory, peer, counting }, scale);
    } finally {
      await Promise.all([...all, counting].map((it) => it.stop()));
    }
  });
}

issuer.stop();
const now = setting(chromium);
const name = scale === smoke ? "smoke" : only ? "partial" : now.date.slice(0, 10);
process.stdout.write(`\nwritten: ${report.write(name, now)}.{md,json}\n`);
// Whatever is still running (there should be nothing) is stopped on the way out.
process.exit(report.failures.length > 0 ? 1 : 0);

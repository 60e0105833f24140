/** 9: a website signs somebody in, from its request to its tokens, beside other providers. */
import { setTimeout as sleep } from "node:timers/promises";
import { Person } from "../lib/person.ts";
import { cpuMs } from "../lib/proc.ts";
import type { Scale } from "../lib/scale.ts";
import { median, p99, shuffled } from "../lib/stats.ts";
import type { Findings } from "../lib/table.ts";
import { exchange, type Provider } from "../servers/for-sites/party.ts";

const CPU_OVER_PEER_MAX = 1.3;
/** After the last login: when the alarms of all of ours have wiped them. */
const CLEAN_UP_MS = 75_000;
/** Enough to see what each login writes, whoever was the first of its user. */
const COUNTED_LOGINS = 40;

export interface Providers {
  readonly all: readonly Provider[];
  readonly inMemory: Provider;
  /** What it signs is what we sign. */
  readonly peer: Provider;
  /** The same as ours, with its writes counted and no time taken. */
  readonly counting: Provider;
}

interface Sample {
  readonly loginMs: number[];
  readonly tokenMs: number[];
  readonly requests: number[];
  readonly bytes: number[];
  tokenCpuMs: number;
  logins: number;
}

export async function measureOAuth(
  { all, inMemory, peer, counting }: Providers,
  scale: Scale,
): Promise<Findings> {
  const peopleOf = new Map(all.map((it) => [it, new People(it)]));
  for (const people of peopleOf.values()) await block(people, scale.warmUps, newSample());
  const before = new Map(all.map((it) => [it, cpuMs(it.pids())]));
  const rowsBefore = new Map<Provider, number | undefined>();
  for (const it of all) rowsBefore.set(it, await it.rows?.());
  const samples = new Map(all.map((it) => [it, newSample()]));
  const size = Math.max(1, Math.round(scale.rounds / scale.blocks / 3));
  for (let i = 0; i < scale.blocks * 3; i++) {
    for (const [it, sample] of shuffled([...samples])) {
      await block(peopleOf.get(it) ?? new People(it), size, sample);
    }
  }
  if (scale.name === "full") await sleep(CLEAN_UP_MS);
  const ourRows = await rowsOfOurs(counting, scale);

  const rows = [];
  for (const [it, sample] of samples) {
    const { loginMs, tokenMs, requests, bytes, tokenCpuMs, logins } = sample;
    const written = await it.rows?.();
    rows.push({
      party: it.name,
      ratio: perToken(sample) / perToken(samples.get(peer)),
      tokenCpu: tokenCpuMs / logins,
      cpu: (cpuMs(it.pids()) - (before.get(it) ?? 0)) / logins,
      login: median(loginMs),
      token: median(tokenMs),
      tokenP99: p99(tokenMs),
      requests: median(requests),
      bytes: median(bytes),
      rows: written === undefined ? ourRows : (written - (rowsBefore.get(it) ?? 0)) / logins,
      signs: it.signs,
      durability: it.durability,
      logins,
    });
  }
  for (const people of peopleOf.values()) people.leave();
  const ratio = perToken(samples.get(inMemory)) / perToken(samples.get(peer));
  return {
    tables: [
      {
        title: "9. A login for a website: authorize → token",
        columns: {
          party: "party",
          "token request's CPU ÷ oidc-provider, JWT": "ratio",
          "its CPU, ms": "tokenCpu",
          "server CPU ms per login": "cpu",
          "authorize → token, median ms": "login",
          "token request, median ms": "token",
          "p99 ms": "tokenP99",
          requests: "requests",
          "bytes on the wire": "bytes",
          "rows written": "rows",
          "signed with RS256": "signs",
          durability: "durability",
          logins: "logins",
        },
        rows,
        notes: [
          "One login at a time; parties take turns in blocks, in an order that is shuffled each time: first the codes of a block, then its token requests, whose CPU is so told apart.",
          "The others' user is signed in by one redirect and says nothing; ours waits on a socket, scans and says yes on a phone, which is verified. So requests and the CPU of a login are of two different things, and the token request is the same.",
          "An RSA signature takes workerd's BoringSSL almost twice as long as Node's OpenSSL, and a token request makes two: README.md has the figures.",
          "Rows are of ours what the platform bills, alarms included; of oidc-provider calls that write, of better-auth rows of SQLite.",
        ],
      },
    ],
    verdicts: [
      {
        promise: `CPU of a site's token request: both in memory and signing the same, within ${CPU_OVER_PEER_MAX}× of oidc-provider`,
        found: `${ratio.toFixed(2)}×`,
        holds: ratio <= CPU_OVER_PEER_MAX,
      },
    ],
  };
}

function newSample(): Sample {
  return { loginMs: [], tokenMs: [], requests: [], bytes: [], tokenCpuMs: 0, logins: 0 };
}

function perToken(sample: Sample | undefined): number {
  return sample === undefined ? Number.NaN : sample.tokenCpuMs / sample.logins;
}

/** Whose connections stay warm, from block to block. */
class People {
  readonly provider: Provider;
  readonly browser: Person;
  readonly phone: Person;
  readonly site: Person;
  constructor(provider: Provider) {
    this.provider = provider;
    [this.browser, this.phone, this.site] = [0, 0, 0].map(() => new Person(provider.origin)) as [
      Person,
      Person,
      Person,
    ];
  }
  leave(): void {
    for (const person of [this.browser, this.phone, this.site]) person.leave();
  }
}

/** So many logins up to their code, and then their token requests. */
async function block(
  { provider, browser, phone, site }: People,
  logins: number,
  sample: Sample,
): Promise<void> {
  const people = [browser, phone, site];
  const codes: { code: string; tookMs: number; requests: number; bytes: number }[] = [];
  for (let i = 0; i < logins; i++) {
    for (const person of people) person.forget();
    const began = performance.now();
    const code = await provider.authorize(browser, phone);
    codes.push({ code, tookMs: performance.now() - began, ...crossed(people) });
  }
  const before = cpuMs(provider.pids());
  for (const { code, tookMs, requests, bytes } of codes) {
    site.forget();
    const began = performance.now();
    await exchange(site, provider, code);
    const tokenMs = performance.now() - began;
    sample.tokenMs.push(tokenMs);
    sample.loginMs.push(tookMs + tokenMs);
    sample.requests.push(requests + site.requests);
    sample.bytes.push(bytes + site.bytes);
  }
  sample.tokenCpuMs += cpuMs(provider.pids()) - before;
  sample.logins += logins;
}

function crossed(people: readonly Person[]) {
  const sum = (what: "requests" | "bytes") => people.reduce((all, it) => all + it[what], 0);
  return { requests: sum("requests"), bytes: sum("bytes") };
}

/** The users of the bench are few, so each but their first login finds the user's alarm set. */
async function rowsOfOurs(counting: Provider, scale: Scale): Promise<number> {
  const people = new People(counting);
  await block(people, scale.name === "full" ? COUNTED_LOGINS : 1, newSample());
  const before = (await counting.rows?.()) ?? 0;
  const logins = scale.name === "full" ? COUNTED_LOGINS : scale.rounds;
  await block(people, logins, newSample());
  people.leave();
  return (((await counting.rows?.()) ?? 0) - before) / logins;
}

import { readFile, writeFile } from "node:fs/promises";
import type { Engine } from "../../server/src/store/database.ts";
import { freePort } from "../../server/test/harness/postgres.ts";
import { githubApi } from "../../tools/github-api.ts";
import { median, type Row } from "../figures.ts";
import { apiKey, newPlace, organisation, type Place, removePlaces, startProgram } from "../place.ts";

/**
 * GitHub's whole API through the real program: imported, its actions listed, the version copied and published. The bars are the embedded
 * engine's; the other is measured beside it.
 */
export async function benchImport(postgres: string): Promise<Row[]> {
  const file = await readFile(await githubApi());
  return [...(await onEngine("sqlite", postgres, file)), ...(await onEngine("postgres", postgres, file))];
}

async function onEngine(engine: Engine, postgres: string, file: Uint8Array<ArrayBuffer>): Promise<Row[]> {
  const rounds: Round[] = [];
  for (let round = 0; round < roundsMax; round += 1) {
    const place = await newPlace(engine, postgres);
    try {
      rounds.push(await measured(place, file));
    } finally {
      await removePlaces(place);
    }
  }
  const of = (figure: (round: Round) => number) => median(rounds.map(figure));
  const all = (figure: (round: Round) => number, unit: string) => `${unit}: ${rounds.map((round) => figure(round).toFixed(1)).join(", ")}`;
  const [{ actions, definitions, messages, answerBytes } = { actions: 0, definitions: 0, messages: 0, answerBytes: 0 }] = rounds;
  const row = (what: string, limit: number, unit: "s" | "ms" | "MB", value: number, behind: string): Row => ({
    what: `${what}, ${engine}`,
    bar: { kind: "at most", limit, unit },
    value,
    behind,
  });
  const read = `${actions} actions, ${definitions} definitions, ${messages} messages, answer of ${(answerBytes / 1e6).toFixed(1)} MB`;
  return [
    row(
      "Import GitHub's API",
      4,
      "s",
      of((one) => one.importSeconds),
      `${read}; ${all((one) => one.importSeconds, "seconds")}`,
    ),
    row(
      "The same, peak of resident memory",
      600,
      "MB",
      of((one) => one.peakMegabytes),
      all((one) => one.peakMegabytes, "MB"),
    ),
    row(
      "The same, main thread blocked, p99",
      50,
      "ms",
      of((one) => one.p99Ms),
      `${all((one) => one.p99Ms, "p99 ms")}; ${all((one) => one.maxMs, "most ms")}`,
    ),
    row(
      "List its actions, first page",
      10,
      "ms",
      of((one) => one.listMs),
      all((one) => one.listMs, "medians of 20, ms"),
    ),
    row(
      "Copy that version with fromVersion",
      1,
      "s",
      of((one) => one.copySeconds),
      all((one) => one.copySeconds, "seconds"),
    ),
    row(
      "Publish it",
      2,
      "s",
      of((one) => one.publishSeconds),
      all((one) => one.publishSeconds, "seconds"),
    ),
  ];
}

const roundsMax = 3;

interface Round {
  readonly importSeconds: number;
  readonly peakMegabytes: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly listMs: number;
  readonly copySeconds: number;
  readonly publishSeconds: number;
  readonly actions: number;
  readonly definitions: number;
  readonly messages: number;
  readonly answerBytes: number;
}

async function measured(place: Place, file: Uint8Array<ArrayBuffer>): Promise<Round> {
  const probe = await freePort();
  const program = await startProgram({
    ...place.settings,
    BENCH_PROBE_PORT: String(probe),
    NODE_OPTIONS: `--import=${new URL("lag-probe.ts", import.meta.url).href}`,
  });
  const api = `http://127.0.0.1:${program.port}/o/${organisation}`;
  const headers = { authorization: `Bearer ${apiKey}` };
  try {
    await resetPeak(program.pid);
    await blocked(probe);
    const form = new FormData();
    form.append("metadata", JSON.stringify({ format: "openapi" }));
    form.append("file", new Blob([file]), "api.github.com.json");
    const imported = await timed(() => sent(`${api}/protocols/http/import`, { method: "POST", headers, body: form }));
    const { p99Ms, maxMs } = await blocked(probe);
    const peakMegabytes = await peakOf(program.pid);
    const answer = JSON.parse(imported.answer) as { connection: { id: string } } & Record<
      "actions" | "definitions" | "messages",
      unknown[]
    >;

    const versions = `${api}/connections/${answer.connection.id}/versions`;
    const lists: number[] = [];
    for (let at = 0; at < 20; at += 1) lists.push((await timed(() => sent(`${versions}/1/actions`, { headers }))).seconds * 1000);
    const body = JSON.stringify({ name: "2", fromVersion: "1" });
    const json = { ...headers, "content-type": "application/json" };
    const copied = await timed(() => sent(versions, { method: "POST", headers: json, body }));
    const published = await timed(() => sent(`${versions}/2/publish`, { method: "POST", headers }));
    return {
      importSeconds: imported.seconds,
      peakMegabytes,
      p99Ms,
      maxMs,
      listMs: median(lists),
      copySeconds: copied.seconds,
      publishSeconds: published.seconds,
      actions: answer.actions.length,
      definitions: answer.definitions.length,
      messages: answer.messages.length,
      answerBytes: imported.answer.length,
    };
  } finally {
    await program.stop();
  }
}

async function timed(work: () => Promise<string>): Promise<{ readonly seconds: number; readonly answer: string }> {
  const startedMs = performance.now();
  const answer = await work();
  return { seconds: (performance.now() - startedMs) / 1000, answer };
}

async function sent(address: string, init: RequestInit): Promise<string> {
  const response = await fetch(address, init);
  const text = await response.text();
  if (!response.ok) throw new Error(`${init.method ?? "GET"} was refused: ${text.slice(0, 2000)}`);
  return text;
}

async function blocked(port: number): Promise<{ p99Ms: number; maxMs: number }> {
  return (await (await fetch(`http://127.0.0.1:${port}/`)).json()) as { p99Ms: number; maxMs: number };
}

/** The kernel's own mark of the most that was resident; NaN where there is no /proc. */
async function peakOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}

/** Lets the mark begin anew (proc(5), clear_refs). */
const resetPeak = (pid: number) => writeFile(`/proc/${pid}/clear_refs`, "5").catch(() => undefined);

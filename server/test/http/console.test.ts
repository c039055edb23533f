import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Fastify from "fastify";
import { expect, test } from "vitest";
import { openConsole } from "../../src/http/console/files.ts";
import { registerPages } from "../../src/http/pages.ts";

test("a file of the console is coded only as the browser takes it", async () => {
  const folder = await built("1");
  const console = openConsole(folder);
  const codingFor = async (accepted: string) => (await console.file("assets/a.js", accepted))?.headers["content-encoding"];
  const asked = ["gzip, br", "BR", "gzip;q=1.0, br;q=0", "br;q=0.0", "br ; q=0.5", "brotli", "identity", ""];
  expect(await Promise.all(asked.map(codingFor))).toEqual(["br", "br", "gzip", undefined, "br", undefined, undefined, undefined]);
  await rm(folder, { recursive: true });
});

test("a console that is built anew while it is served is served as it is then; what is gone is not there", async () => {
  const folder = await built("1");
  const console = openConsole(folder);
  const [one, other] = [await console.page(), await console.page()];
  expect(one?.body).toMatch(/^1 \S{22}$/);
  expect(one?.body).not.toBe(other?.body);
  await rm(join(folder, "assets/a.js"));
  expect(await console.file("assets/a.js", "")).toBeUndefined();
  await writeFile(join(folder, "index.html"), "2 __NONCE__");
  await writeFile(join(folder, "assets/b.js"), "b");
  await utimes(join(folder, "built-from.txt"), 5, 5);
  expect((await console.page())?.body).toMatch(/^2 /);
  expect((await console.file("assets/b.js", ""))?.body).toEqual(Buffer.from("b"));
  await rm(join(folder, "index.html"));
  expect(await console.page()).toBeUndefined();
  await rm(folder, { recursive: true });
});

test("a page's address may end in what looks like a file's, as that of a version does; names of files lead nowhere else", async () => {
  const app = Fastify();
  registerPages(app, { people: {} as never, publicUrl: new URL("http://mooring.example") });
  const statusOf = async (path: string) => (await app.inject(path)).statusCode;
  expect(await statusOf("/console/o/x/connections/y/versions/1.2.0")).toBe(200);
  const others = ["/console/assets/older.js", "/console/built-from.txt", "/console/index.html", "/console/a%00.js"];
  for (const path of others) expect(await statusOf(path), path).not.toBe(200);
  expect((await app.inject("/console/..%2f..%2fpackage.json")).body).not.toContain("dependencies");
  await app.close();
});

async function built(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "mooring-console-files-"));
  await mkdir(join(folder, "assets"));
  const files = {
    "index.html": `${text} __NONCE__`,
    "built-from.txt": text,
    "assets/a.js": "",
    "assets/a.js.br": "",
    "assets/a.js.gz": "",
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return folder;
}

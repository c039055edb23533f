import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { apiKey, login } from "../../../demo/warehouse.ts";

test("the demo ends well, shows masks everywhere but at the outside API, and leaves nothing behind", async () => {
  const { code, output } = await runDemo();
  expect(output.join("\n")).not.toMatch(/Error/);
  expect(code).toBe(0);

  const [before, saw = ""] = output.join("\n").split("What it saw");
  expect(saw).toContain("GET /v1/orders?open=true");
  expect(saw).toContain(`X-Api-Key: ${apiKey}`);
  expect(saw).toContain(`login: ${login.username}:${login.password}`);
  expect(before).toContain("********");
  expect(before).not.toContain(apiKey);
  expect(before).not.toContain(login.password);

  const [, folder = "/"] = /its data in (\S+)/.exec(before ?? "") ?? [];
  expect(existsSync(folder)).toBe(false);
});

async function runDemo(): Promise<{ code: number; output: string[] }> {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", "demo/demo.ts"], {
    cwd: join(import.meta.dirname, "../../.."),
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 50_000,
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => output.push(text));
  const [code] = (await once(child, "close")) as [number];
  return { code, output: output.join("").split("\n") };
}

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../server/test/harness/postgres.ts";
import { familyOf } from "../processes.ts";
import type { Rig } from "./rig.ts";

/**
 * The nginx of the system with one worker that passes everything on to the upstream with one fixed header, and ends with the
 * measurement. Undefined where there is none.
 */
export async function startNginx({ upstream, defer }: Rig): Promise<{ port: number; pids: number[] } | undefined> {
  const program = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin"].map((folder) => join(folder, "nginx")).find(existsSync);
  if (!program) return undefined;
  const folder = await mkdtemp(join(tmpdir(), "mooring-bench-nginx-"));
  const port = await freePort();
  await writeFile(join(folder, "nginx.conf"), configuration({ port, upstream: new URL(upstream.origin).host, folder }));
  const child = spawn(program, ["-p", folder, "-c", join(folder, "nginx.conf"), "-e", "stderr"], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  defer(async () => {
    if (child.exitCode === null) {
      child.kill("SIGTERM");
      await once(child, "exit");
    }
    await rm(folder, { recursive: true, force: true });
  });
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}.`);
    await sleep(10);
  }
  return { port, pids: await familyOf(child.pid ?? 0) };
}

/** As one would set it up to be fast: connections kept on both sides, no log. */
const configuration = ({ port, upstream, folder }: { port: number; upstream: string; folder: string }) => `
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
events { worker_connections 4096; multi_accept on; }
http {
  access_log off;
  ${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${folder}/${name};`).join(" ")}
  keepalive_requests 1000000000;
  keepalive_timeout 1h;
  tcp_nodelay on;
  upstream outside { server ${upstream}; keepalive 128; keepalive_requests 1000000000; keepalive_timeout 1h; }
  server {
    listen 127.0.0.1:${port} backlog=1024;
    location / {
      proxy_pass http://outside;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Authorization "";
      proxy_set_header X-Api-Key "a fixed header";
    }
  }
}
`;

async function answers(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/`);
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false;
  }
}

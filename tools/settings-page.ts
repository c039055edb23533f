import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Setting, settings } from "../server/src/settings.ts";

/** The text of docs/settings.md, made from the table of settings. Run as a program it writes that file. */
export function settingsPage(): string {
  const all: readonly Setting<unknown>[] = Object.values(settings);
  const rows = all.map((setting) => {
    const standard = setting.default === "" ? setting.absent : `\`${setting.default}\``;
    return `| \`${setting.name}\` | ${standard} | ${setting.kind} | ${setting.isSecret ? "yes" : ""} | ${setting.meaning} |\n`;
  });
  return `${introduction}\n| Setting | Default | Takes | Secret | Meaning |\n|---|---|---|---|---|\n${rows.join("")}\n${rules}`;
}

const introduction = `# Settings

Mooring is set up by environment variables, read once at its start. To see what a start would use, and where each value comes from:

\`\`\`sh
npm start -- --print-config
\`\`\`

This page is made from the same table as that output, by \`npm run docs:settings\`.
`;

const rules = `## Rules

- A setting that is empty counts as not given.
- Every secret can be read from a file instead: \`MOORING_MASTER_KEY_FILE=/run/secrets/master-key\`. One newline at its end is ignored. Giving
  both forms is a mistake, and so is an empty file.
- Mooring does not start with a wrong setting. It lists all mistakes at once, a name beginning with \`MOORING_\` that is not a setting among them.
- \`MOORING_DATABASE_URL\` needs \`MOORING_MASTER_KEY\`: all nodes on one database must have the same key.
- \`MOORING_EGRESS_ALLOW\` takes entries like \`10.1.0.0/16\`, \`192.168.7.4/32:8443\` or \`[fd00::/8]:443\`. Without a port, every port is allowed. Cloud
  metadata addresses stay closed whatever it lists.
- \`MOORING_BOOTSTRAP_ORGANISATION\` and \`MOORING_BOOTSTRAP_API_KEY\` are given together, and have an effect on an empty database only.
- On Kubernetes, a Service called \`mooring\` makes the cluster set variables such as \`MOORING_PORT=tcp://...\` in every container beside it. Set
  \`enableServiceLinks: false\` on the pod.
`;

if (import.meta.main) writeFileSync(join(import.meta.dirname, "../docs/settings.md"), settingsPage());

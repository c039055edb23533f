import { Stack, Text, Title } from "@mantine/core";
import type { Connection } from "@mooring/contract";
import { schemeWords } from "../../credentials/words.ts";
import classes from "./facts.module.css";
import { settingsOf } from "./settings-of.ts";

/** What is set, for whoever may look and not change. */
export function SettingsFacts({ connection }: { connection: Connection }) {
  const { name, address, variables, schemes } = settingsOf(connection);
  const facts = [
    ["Name", [name]],
    [connection.protocol === "http" ? "Base URL" : "Dataset", [address || "each query names its own"]],
    ["Default variables", variables.map((one) => `${one.name} = ${one.value}`)],
    ["Ways to prove identity", schemes.map((one) => schemeWords(one))],
  ] as const;
  return (
    <Stack gap="sm" maw={760}>
      <Title order={2}>Settings</Title>
      <Text size="sm" c="dimmed">
        Your role may look at these, and not change them.
      </Text>
      <dl className={classes.facts}>
        {facts.map(([label, lines]) => (
          <div key={label} className={classes.fact}>
            <dt>{label}</dt>
            {lines.length === 0 && <dd>none</dd>}
            {lines.map((line) => (
              <dd key={line} style={{ overflowWrap: "anywhere" }}>
                {line}
              </dd>
            ))}
          </div>
        ))}
      </dl>
    </Stack>
  );
}

import { Group, NumberInput } from "@mantine/core";
import classes from "./try.module.css";

/** What a call may ask of the gateway. */
export interface Options {
  readonly seconds: string | number;
  readonly retries: string | number;
}

export const noOptions: Options = { seconds: "", retries: "" };

/** The headers that ask for it. */
export function optionHeaders({ seconds, retries }: Options): Readonly<Record<string, string>> {
  return {
    ...(typeof seconds === "number" && { "mooring-timeout-ms": String(Math.round(seconds * 1_000)) }),
    ...(typeof retries === "number" && { "mooring-retries": String(retries) }),
  };
}

/** How long a call may take, and how often it may be tried; closed until somebody wants that. */
export function CallOptions({ options, onChange }: { options: Options; onChange: (options: Options) => void }) {
  return (
    <details className={classes.dropped}>
      <summary>Time limit and retries</summary>
      <Group gap="md" mt="xs" align="start">
        <NumberInput
          label="Seconds at most"
          placeholder="300"
          min={0.001}
          max={300}
          w={160}
          value={options.seconds}
          onChange={(seconds) => onChange({ ...options, seconds })}
        />
        <NumberInput
          label="Retries"
          description="0 to 5"
          placeholder="As the environment says"
          min={0}
          max={5}
          w={200}
          allowDecimal={false}
          value={options.retries}
          onChange={(retries) => onChange({ ...options, retries })}
        />
      </Group>
    </details>
  );
}

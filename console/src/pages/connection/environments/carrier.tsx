import { Group, Select, TextInput } from "@mantine/core";
import type { AuthSchemeConfigInput } from "@mooring/contract";
import { fieldFault } from "../../../api/problem.ts";
import type { Purpose } from "./entry-dialog.ts";

/** What the fields of a scheme are given. */
export interface SchemeForm<Config extends AuthSchemeConfigInput = AuthSchemeConfigInput> {
  readonly config: Config;
  readonly purpose: Purpose;
  readonly error: unknown;
  /** Where the config is in what is sent. */
  readonly path: string;
  readonly onChange: (config: AuthSchemeConfigInput) => void;
}

type Carried = Extract<AuthSchemeConfigInput, { schemeType: "api-key" | "hmac" }>;

/** Which part of a request carries it, and under which name. */
export function Carrier<Config extends Carried>({
  config,
  error,
  path,
  hint,
  onChange,
}: Omit<SchemeForm<Config>, "purpose"> & { hint?: string }) {
  return (
    <Group align="start" gap="sm" grow preventGrowOverflow={false}>
      <Select
        label="Carried in"
        value={config.in}
        onChange={(value) => onChange({ ...config, in: value as Config["in"] })}
        allowDeselect={false}
        data={[
          { value: "header", label: "a header" },
          { value: "query", label: "the query" },
          { value: "cookie", label: "a cookie" },
        ]}
        error={fieldFault(error, `${path}.in`)}
        miw={140}
      />
      <TextInput
        label="Its name"
        description={hint}
        inputWrapperOrder={["label", "input", "description", "error"]}
        placeholder="X-Api-Key"
        value={config.name}
        onChange={(event) => onChange({ ...config, name: event.currentTarget.value })}
        error={fieldFault(error, `${path}.name`)}
        required
        autoComplete="off"
        miw={220}
      />
    </Group>
  );
}

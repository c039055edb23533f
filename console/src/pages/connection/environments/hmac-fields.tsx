import { Accordion, Code, Select, Stack, Text } from "@mantine/core";
import type { AuthSchemeConfigInput, Signature } from "@mooring/contract";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { fieldFault } from "../../../api/problem.ts";
import { queryOf } from "../../../api/queries.ts";
import { useOrganisation } from "../../../api/session.ts";
import { JsonEditor } from "../../../parts/json-editor.tsx";
import { Carrier, type SchemeForm } from "./carrier.tsx";

type Hmac = Extract<AuthSchemeConfigInput, { schemeType: "hmac" }>;

/** How a request is signed. For what comes in, well-known senders fill it in. */
export function HmacFields({ config, purpose, error, path, onChange }: SchemeForm<Hmac>) {
  const inputs = config.digestInputs.join(",");
  return (
    <Stack gap="sm">
      {purpose === "trigger" && <Preset onChoose={onChange} />}
      <Carrier config={config} error={error} path={path} onChange={onChange} />
      <Select
        label="Hash"
        value={config.algorithm}
        onChange={(value) => onChange({ ...config, algorithm: value as Hmac["algorithm"] })}
        allowDeselect={false}
        data={purpose === "action" ? ["sha256", "sha512"] : ["sha256", "sha512", "sha1"]}
        error={fieldFault(error, `${path}.algorithm`)}
      />
      {!config.signature?.content && (
        <Select
          label="What is signed"
          value={inputs}
          onChange={(value) => onChange({ ...config, digestInputs: (value ?? "").split(",").filter(Boolean) as Hmac["digestInputs"] })}
          allowDeselect={false}
          data={signedChoices}
          error={fieldFault(error, `${path}.digestInputs`)}
        />
      )}
      {purpose === "trigger" && <Exactly config={config} error={error} path={path} onChange={onChange} />}
    </Stack>
  );
}

const signedChoices = [
  { value: "body", label: "the body" },
  { value: "url", label: "the address" },
  { value: "url,body", label: "the address, then the body" },
  { value: "body,url", label: "the body, then the address" },
];

function Preset({ onChoose }: { onChoose: (config: Hmac) => void }) {
  const org = useOrganisation();
  const { data } = useQuery(queryOf("ListSignaturePresets", { params: { organisation_id: org } }));
  const [chosen, setChosen] = useState<string | null>(null);
  const preset = data?.items.find(({ name }) => name === chosen);
  return (
    <Stack gap={4}>
      <Select
        label="Who signs"
        placeholder="Somebody else: set it below"
        value={chosen}
        onChange={(name) => {
          setChosen(name);
          const found = data?.items.find((one) => one.name === name);
          if (found) onChoose(found.authSchemeConfig);
        }}
        clearable
        data={(data?.items ?? []).map(({ name, title }) => ({ value: name, label: title }))}
      />
      {preset && (
        <Text size="sm" c="dimmed">
          {preset.note.split("`").map((part, index) => (index % 2 === 1 ? <Code key={part}>{part}</Code> : part))}
        </Text>
      )}
    </Stack>
  );
}

function Exactly({ config, error, path, onChange }: Omit<SchemeForm<Hmac>, "purpose">) {
  const [text, setText] = useState<string>();
  const shown = text ?? (config.signature ? JSON.stringify(config.signature, null, 2) : "");

  function type(value: string) {
    const signature = parsed(value);
    const { signature: _, ...rest } = config;
    setText(value);
    if (value.trim() === "") onChange(rest);
    else if (signature) onChange({ ...rest, signature });
  }

  return (
    <Accordion variant="contained">
      <Accordion.Item value="exactly">
        <Accordion.Control>How the signature is written</Accordion.Control>
        <Accordion.Panel>
          <JsonEditor
            label="Signature"
            description="JSON with what of content, separator, prefix, encoding, secretEncoding, secretPrefix, timestamp, toleranceSeconds, id and bodyDigest this sender needs. Empty: the digest in hexadecimal."
            value={parsedSame(text, config.signature) ? (text ?? shown) : JSON.stringify(config.signature, null, 2)}
            error={fieldFault(error, `${path}.signature`)}
            onChange={type}
          />
        </Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  );
}

/** Whether what is typed is what the config has: a preset that is chosen later replaces it. */
function parsedSame(text: string | undefined, signature: Signature | undefined): boolean {
  if (text === undefined || signature === undefined) return true;
  const value = parsed(text);
  return value === undefined || JSON.stringify(value) === JSON.stringify(signature);
}

function parsed(text: string): Signature | undefined {
  try {
    return JSON.parse(text) as Signature;
  } catch {
    return undefined;
  }
}

import { FileInput } from "@mantine/core";
import { Paperclip } from "lucide-react";
import { useState } from "react";
import { size } from "../../../../parts/time.tsx";
import { absent, memberOf, plain, withMember } from "./entry.ts";
import { Label } from "./field-label.tsx";
import { type FieldProps, useFault } from "./field-props.ts";

/** A file, which travels in base64. `isBare` leaves out its name and type, for a body that is nothing but the file. */
export function FileField({ label, path, isRequired, entry, onChange, isBare = false }: FieldProps & { isBare?: boolean }) {
  const [file, setFile] = useState<File | null>(null);
  const [refusal, setRefusal] = useState<string>();
  const fault = useFault(path);
  const name = memberOf(entry, "filename");
  const take = async (chosen: File | null) => {
    setFile(chosen);
    setRefusal(undefined);
    if (!chosen) return onChange(absent);
    if (chosen.size > bytesMax) return setRefusal(`It has ${size(chosen.size)}; a call from a form takes at most ${size(bytesMax)}.`);
    const base64 = withMember(absent, "base64", plain(base64Of(new Uint8Array(await chosen.arrayBuffer()))));
    if (isBare) return onChange(base64);
    const named = withMember(base64, "filename", plain(chosen.name));
    return onChange(chosen.type ? withMember(named, "contentType", plain(chosen.type)) : named);
  };
  return (
    <FileInput
      label={<Label name={label} hint="file" isRequired={isRequired} />}
      leftSection={<Paperclip size={15} />}
      placeholder={name.kind === "plain" ? String(name.value) : "Choose a file"}
      clearable
      clearButtonProps={{ "aria-label": `Remove the file of ${label}` }}
      value={file}
      error={refusal ?? fault}
      onChange={(chosen) => void take(chosen)}
    />
  );
}

// The input of an action has at most 1 MiB, and base64 needs four bytes for three.
const bytesMax = 700_000;

const base64Of = (bytes: Uint8Array) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));

import { Button, FileButton, Group, Paper, SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import { FileCheck2, FileUp } from "lucide-react";
import { useState } from "react";
import { Fault } from "../../parts/fault.tsx";
import { size } from "../../parts/time.tsx";
import classes from "./file-form.module.css";
import { type Chosen, type Format, formatOf } from "./import-job.ts";

const accepted = ".json,.yaml,.yml,application/json,application/yaml";

interface FileChoice {
  /** What was chosen for an import that was refused: it need not be chosen again. */
  readonly before: Chosen | undefined;
  readonly error: unknown;
  readonly onStart: (chosen: Chosen) => void;
}

/** Choosing a file, by dropping it or from the disk, and saying what it is. */
export function FileForm({ before, error, onStart }: FileChoice) {
  const [file, setFile] = useState(before?.file);
  const [format, setFormat] = useState<Format>(before?.format ?? "openapi");
  const [isOver, setOver] = useState(false);
  const [isNew, setNew] = useState(false);
  const choose = async (chosen: File | null | undefined) => {
    if (!chosen) return;
    setFile(chosen);
    setNew(true);
    setFormat(await formatOf(chosen));
  };
  const Sign = file ? FileCheck2 : FileUp;
  return (
    <Paper maw={720} p={{ base: "md", sm: "xl" }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (file) onStart({ file, format, name: String(new FormData(event.currentTarget).get("name")) });
        }}
      >
        <Stack gap="lg">
          {/* Dropping is for whoever has a mouse; the button inside does the same by keyboard. */}
          {/* biome-ignore lint/a11y/noStaticElementInteractions: it takes files, no clicks or keys */}
          <div
            className={classes.drop}
            data-over={isOver || undefined}
            data-testid="drop"
            onDragOver={(event) => {
              event.preventDefault();
              setOver(true);
            }}
            onDragLeave={() => setOver(false)}
            onDrop={(event) => {
              event.preventDefault();
              setOver(false);
              void choose(event.dataTransfer.files[0]);
            }}
          >
            <Sign size={34} strokeWidth={1.5} aria-hidden />
            <div role="status">
              {file ? (
                <>
                  <Text fw={600}>{file.name}</Text>
                  <Text size="sm" c="dimmed">
                    {size(file.size)}
                  </Text>
                </>
              ) : (
                <>
                  <Text fw={600}>Drop a file here</Text>
                  <Text size="sm" c="dimmed">
                    OpenAPI 3.0 or 3.1, Swagger 2.0, in JSON or YAML; or a Postman collection. Up to 32 MiB.
                  </Text>
                </>
              )}
            </div>
            <FileButton accept={accepted} onChange={(chosen) => void choose(chosen)}>
              {(props) => (
                <Button {...props} variant={file ? "subtle" : "default"} size="sm">
                  {file ? "Choose another" : "Choose a file"}
                </Button>
              )}
            </FileButton>
          </div>
          {!isNew && <Fault error={error} />}
          <Stack gap={4}>
            <Text size="sm" fw={500} id="format">
              What the file is
            </Text>
            <SegmentedControl
              aria-labelledby="format"
              style={{ alignSelf: "flex-start" }}
              value={format}
              data={[
                { value: "openapi", label: "OpenAPI or Swagger" },
                { value: "postman", label: "Postman collection" },
              ]}
              onChange={(value) => setFormat(value as Format)}
            />
          </Stack>
          <TextInput
            name="name"
            label="Name"
            description="What people call the connection. Leave it empty to take the title that the file has."
            placeholder="As in the file"
            defaultValue={before?.name}
            maxLength={200}
            autoComplete="off"
          />
          <Group justify="flex-end">
            <Button type="submit" disabled={!file}>
              Import
            </Button>
          </Group>
        </Stack>
      </form>
    </Paper>
  );
}

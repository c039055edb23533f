import { useMutation } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { call } from "../../../api/client.ts";
import { Dialog } from "../../../parts/dialog.tsx";
import { Fault } from "../../../parts/fault.tsx";
import { saveFile } from "../../../parts/save-file.ts";
import { useConnection } from "../connection.ts";

/** Saves a version as a file: types for programs, or a document that other tools read. `fault` says why it did not work. */
export function useDownload(version: string): { types(): void; openApi(): void; fault: ReactNode } {
  const { org, connection } = useParams({ from: "/signed-in/o/$org/connections/$connection" });
  const { name } = useConnection();
  const params = { organisation_id: org, connection_id: connection, version };
  const base = `${name}-${version}`.toLowerCase().replaceAll(/[^a-z0-9.]+/g, "-");
  const types = useMutation({
    mutationFn: async () => (await call("GetConnectionVersionTypes", { params })).body,
    onSuccess: (text) => saveFile(`${base}.d.ts`, "text/plain", text),
  });
  const openApi = useMutation({
    mutationFn: async () => (await call("GetConnectionVersionOpenAPI", { params })).body,
    onSuccess: (document) => saveFile(`${base}.openapi.json`, "application/json", `${JSON.stringify(document, null, 2)}\n`),
  });
  const error = types.error ?? openApi.error;
  const close = () => {
    types.reset();
    openApi.reset();
  };
  return {
    types: () => types.mutate(),
    openApi: () => openApi.mutate(),
    fault: (
      <Dialog opened={error !== null} onClose={close} title="The file could not be made">
        <Fault error={error} />
      </Dialog>
    ),
  };
}

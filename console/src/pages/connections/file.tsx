import { Paper } from "@mantine/core";
import { useOrganisation } from "../../api/session.ts";
import { Page } from "../../frame/page.tsx";
import { FileForm } from "./file-form.tsx";
import { useImportJob, useImports } from "./import-job.ts";
import { ImportOutcome } from "./import-outcome.tsx";
import { ImportProgress } from "./import-progress.tsx";
import { connectionsCrumb, NotForRole, newCrumb, useMayCreate } from "./may-create.tsx";

/** A new connection of a file that describes an API: choosing it, watching it being read, and what came of it. */
export function FromFile() {
  const org = useOrganisation();
  const job = useImportJob(org);
  const { start, forget } = useImports(org);
  if (!useMayCreate()) return <NotForRole />;
  const isOver = job === undefined || job.state === "refused";
  return (
    <Page
      title={job?.state === "done" ? "Imported" : "New connection from a file"}
      about={isOver && "Operations become actions, schemas definitions, webhooks triggers. Nothing outside of the file is fetched."}
      crumbs={[connectionsCrumb(org), newCrumb(org)]}
    >
      {isOver && <FileForm before={job?.chosen} error={job?.state === "refused" ? job.error : undefined} onStart={start} />}
      {(job?.state === "sending" || job?.state === "reading") && (
        <Paper maw={720} p={{ base: "md", sm: "xl" }}>
          <ImportProgress job={job} />
        </Paper>
      )}
      {job?.state === "done" && <ImportOutcome outcome={job.outcome} onAgain={forget} />}
    </Page>
  );
}

import { Code, Stack, Text } from "@mantine/core";
import type { AuditEntry } from "@mooring/contract";
import { useInfiniteQuery } from "@tanstack/react-query";
import { ArrowRight, ScrollText } from "lucide-react";
import { listOf } from "../../api/queries.ts";
import { useMay, useOrganisation } from "../../api/session.ts";
import { Page } from "../../frame/page.tsx";
import { ChangeSentence, toldOf } from "../../parts/change-sentence.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Rows } from "../../parts/rows.tsx";
import { Ago } from "../../parts/time.tsx";
import { useActorNames } from "./names.ts";

/** Who changed what, the newest first. */
export function Audit() {
  const org = useOrganisation();
  const may = useMay();
  const query = useInfiniteQuery({ ...listOf("ListAudit", { params: { organisation_id: org } }), enabled: may("organisation:admin") });
  const { known } = useActorNames();
  const actorOf = ({ actor: { id, name } }: AuditEntry) => name ?? known.find(({ value }) => value === id)?.label;
  if (!may("organisation:admin"))
    return (
      <Page title="Audit">
        <Empty icon={ScrollText} title="For owners and admins">
          Who changed what is for those who answer for the organisation. Ask one of them.
        </Empty>
      </Page>
    );
  return (
    <Page title="Audit" about="Every change, written down together with it. No secret is in it.">
      <Rows
        label="Changes"
        query={query}
        rowsOf={({ items }) => items}
        keyOf={({ id }) => id}
        empty={
          <Empty icon={ScrollText} title="Nothing changed yet">
            Every change appears here.
          </Empty>
        }
        columns={[
          { title: "What", width: "minmax(0, 2fr)", render: (entry) => <Sentence entry={entry} actor={actorOf(entry)} /> },
          { title: "Fields", render: (entry) => <Fields entry={entry} /> },
          { title: "When", width: "120px", render: ({ at }) => <Ago at={at} /> },
        ]}
      />
    </Page>
  );
}

function Sentence({ entry, actor }: { entry: AuditEntry; actor: string | undefined }) {
  const [told] = toldOf([entry]);
  return <Text size="sm">{told && <ChangeSentence told={told} actor={actor} />}</Text>;
}

function Fields({ entry: { changes } }: { entry: AuditEntry }) {
  // Where something came, went or was published as a whole, no field says more.
  if (changes.length === 0) return null;
  const first = changes.slice(0, shownAtOnce);
  const rest = changes.slice(shownAtOnce);
  return (
    <Stack gap={2}>
      {first.map((change) => (
        <Change key={change.field} change={change} />
      ))}
      {rest.length > 0 && (
        <details>
          <summary>
            <Text span size="xs">
              {rest.length} more
            </Text>
          </summary>
          {rest.map((change) => (
            <Change key={change.field} change={change} />
          ))}
        </details>
      )}
    </Stack>
  );
}

const shownAtOnce = 2;

function Change({ change: { field, before, after } }: { change: AuditEntry["changes"][number] }) {
  return (
    <Text size="xs">
      <Code>{field}</Code> {told(before)} <ArrowRight size={11} role="img" aria-label="became" /> {told(after)}
    </Text>
  );
}

function told(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)} …` : text;
}

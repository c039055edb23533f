import { Stack } from "@mantine/core";
import { useSuspenseQuery } from "@tanstack/react-query";
import { taggedQueryOf } from "../../../api/queries.ts";
import { useMay, useOrganisation } from "../../../api/session.ts";
import { useConnection } from "../connection.ts";
import { DeleteConnection } from "./delete-connection.tsx";
import { SettingsFacts } from "./settings-facts.tsx";
import { SettingsForm } from "./settings-form.tsx";

/** What can be changed about a connection as a whole, and its end. Whoever may not change it sees what is set. */
export function Settings() {
  const org = useOrganisation();
  const { id } = useConnection();
  const may = useMay();
  const { data } = useSuspenseQuery(taggedQueryOf("GetConnection", { params: { organisation_id: org, connection_id: id } }));
  if (!may("connections:write")) return <SettingsFacts connection={data.body} />;
  return (
    <Stack gap="xl" maw={760}>
      <SettingsForm now={data} />
      <DeleteConnection connection={data.body} />
    </Stack>
  );
}

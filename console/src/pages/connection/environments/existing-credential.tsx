import { Select, Text } from "@mantine/core";
import type { CredentialSummary, CredentialType } from "@mooring/contract";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { call } from "../../../api/client.ts";
import { fieldFault } from "../../../api/problem.ts";
import { useOrganisation } from "../../../api/session.ts";
import { typeWords } from "../../credentials/words.ts";

/** Choosing a credential that the organisation has, of a kind that fits; what is chosen is in the form as `existing`. */
export function ExistingCredential({ types, error, path }: { types: readonly CredentialType[]; error: unknown; path: string }) {
  const { data } = useQuery(credentialsQuery(useOrganisation()));
  const fitting = (data ?? []).filter(({ type }) => types.includes(type));
  if (data && fitting.length === 0)
    return (
      <Text size="sm" c="dimmed">
        The organisation keeps none of the kind “{types.map((type) => typeWords[type]).join("” or “")}” yet.
      </Text>
    );
  return (
    <Select
      name="existing"
      label="Credential"
      description="It is not copied: what is changed at it later is changed here as well."
      placeholder="Choose one"
      searchable
      limit={50}
      required
      data={fitting.map(({ id, name }) => ({ value: id, label: name }))}
      error={fieldFault(error, path) ?? fieldFault(error, `${path}.id`)}
    />
  );
}

/** The organisation's credentials, newest change first: a thousand at most, which is more than somebody chooses from. */
export const credentialsQuery = (org: string) =>
  queryOptions({
    queryKey: ["ListCredentials", "thousand", org],
    queryFn: async ({ signal }) => {
      const found: CredentialSummary[] = [];
      let after: string | undefined;
      for (let page = 0; page < 10; page++) {
        const query = { first: 100, ...(after === undefined ? {} : { after }) };
        const { body } = await call("ListCredentials", { params: { organisation_id: org }, query }, { signal });
        found.push(...body.credentials);
        after = body.next;
        if (after === undefined) break;
      }
      return found;
    },
  });

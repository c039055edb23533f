import { Button, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { listOf, useChange } from "../../api/queries.ts";
import { useOrganisation } from "../../api/session.ts";
import { Fault } from "../../parts/fault.tsx";
import { Rows } from "../../parts/rows.tsx";
import { Ago, Moment } from "../../parts/time.tsx";

/** Who is invited and has not answered yet. */
export function Invitations() {
  const org = useOrganisation();
  const query = useInfiniteQuery(listOf("ListInvitations", { params: { organisation_id: org } }));
  const withdraw = useChange("DeleteInvitation");
  return (
    <>
      <Fault error={withdraw.error} />
      <Rows
        label="Invitations"
        query={query}
        rowsOf={({ items }) => items}
        keyOf={({ id }) => id}
        empty={
          <Text size="sm" c="dimmed">
            Nobody is invited at present.
          </Text>
        }
        columns={[
          { title: "E-mail", render: ({ email }) => <span>{email}</span> },
          { title: "Role", width: "120px", render: ({ role }) => <span>{role}</span> },
          { title: "Made", width: "130px", render: ({ createdAt }) => <Ago at={createdAt} /> },
          { title: "Good until", width: "190px", render: ({ expiresAt }) => <Moment at={expiresAt} /> },
          {
            title: "Withdraw",
            isControl: true,
            width: "110px",
            render: ({ id, email }) => (
              <Button
                size="compact-sm"
                variant="subtle"
                color="red"
                aria-label={`Withdraw the invitation of ${email}`}
                loading={withdraw.isPending && withdraw.variables.params.invitation_id === id}
                onClick={() => withdraw.mutate({ params: { organisation_id: org, invitation_id: id } })}
              >
                Withdraw
              </Button>
            ),
          },
        ]}
      />
    </>
  );
}

import { roles } from "virtual:contract";
import { Badge, Button, Group, Select, Stack, Text, Title } from "@mantine/core";
import type { Member, Role } from "@mooring/contract";
import { useInfiniteQuery } from "@tanstack/react-query";
import { UserPlus, Users } from "lucide-react";
import { useState } from "react";
import { listOf, useChange } from "../../api/queries.ts";
import { useMay, useMember, useOrganisation } from "../../api/session.ts";
import { Page } from "../../frame/page.tsx";
import { ConfirmByName } from "../../parts/confirm-by-name.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Fault } from "../../parts/fault.tsx";
import { Rows } from "../../parts/rows.tsx";
import { Ago } from "../../parts/time.tsx";
import { Invitations } from "./invitations.tsx";
import { Invite } from "./invite.tsx";
import { OrganisationName } from "./organisation-name.tsx";
import { roleWords } from "./scope-words.ts";

/** The people of the organisation, their roles, and who is invited. */
export function Members() {
  const org = useOrganisation();
  const isAdmin = useMay()("organisation:admin");
  const self = useMember();
  const query = useInfiniteQuery(listOf("ListMembers", { params: { organisation_id: org } }));
  const [isInviting, setInviting] = useState(false);
  const [leaving, setLeaving] = useState<Member>();
  const update = useChange("UpdateMember");
  const setRole = ({ id }: Member, role: Role) => update.mutate({ params: { organisation_id: org, user_id: id }, body: { role } });
  return (
    <Page
      title="Members"
      about="Who may see and change what is here."
      actions={
        isAdmin && (
          <Button leftSection={<UserPlus size={16} />} onClick={() => setInviting(true)}>
            Invite somebody
          </Button>
        )
      }
    >
      <Fault error={update.error} />
      <Rows
        label="Members"
        query={query}
        rowsOf={({ items }) => items}
        keyOf={({ id }) => id}
        count={(total) => (total === 1 ? "1 person" : `${total} people`)}
        empty={
          <Empty icon={Users} title="Nobody is here">
            Invite somebody.
          </Empty>
        }
        columns={[
          { title: "Name", render: (member) => <Person member={member} isSelf={member.id === self.id} /> },
          {
            title: "Role",
            width: "minmax(200px, 1.2fr)",
            render: (member) =>
              isAdmin && member.id !== self.id ? (
                <RoleChoice member={member} isPending={update.isPending} onChange={(role) => setRole(member, role)} />
              ) : (
                <Stack gap={0}>
                  <Text size="sm">{member.role}</Text>
                  <Text size="xs" c="dimmed">
                    {roleWords[member.role]}
                  </Text>
                </Stack>
              ),
          },
          { title: "Joined", width: "130px", render: ({ createdAt }) => <Ago at={createdAt} /> },
          ...(isAdmin
            ? [
                {
                  title: "Remove",
                  isControl: true,
                  width: "90px",
                  render: (member: Member) =>
                    member.id === self.id ? null : (
                      <Button
                        size="compact-sm"
                        variant="subtle"
                        color="red"
                        onClick={() => setLeaving(member)}
                        aria-label={`Remove ${member.name}`}
                      >
                        Remove
                      </Button>
                    ),
                },
              ]
            : []),
        ]}
      />
      {isAdmin && (
        <Stack gap="sm">
          <Title order={2}>Invitations</Title>
          <Invitations />
        </Stack>
      )}
      {isAdmin && <OrganisationName />}
      <Invite isOpen={isInviting} onClose={() => setInviting(false)} />
      {leaving && <Removal member={leaving} onClose={() => setLeaving(undefined)} />}
    </Page>
  );
}

function Person({ member: { name, email }, isSelf }: { member: Member; isSelf: boolean }) {
  return (
    <>
      <Group gap={6}>
        <Text size="sm" fw={550}>
          {name}
        </Text>
        {isSelf && <Badge color="gray">you</Badge>}
      </Group>
      <Text size="xs" c="dimmed">
        {email}
      </Text>
    </>
  );
}

function RoleChoice({ member, isPending, onChange }: { member: Member; isPending: boolean; onChange: (role: Role) => void }) {
  return (
    <Select
      aria-label={`Role of ${member.name}`}
      data={[...roles]}
      value={member.role}
      onChange={(role) => role && role !== member.role && onChange(role as Role)}
      allowDeselect={false}
      disabled={isPending}
      size="xs"
      maw={220}
      renderOption={({ option }) => (
        <Stack gap={0}>
          <Text size="sm">{option.label}</Text>
          <Text size="xs" c="dimmed">
            {roleWords[option.value as Role]}
          </Text>
        </Stack>
      )}
    />
  );
}

function Removal({ member: { id, name }, onClose }: { member: Member; onClose: () => void }) {
  const org = useOrganisation();
  const remove = useChange("RemoveMember");
  return (
    <ConfirmByName
      title="Remove from the organisation"
      name={name}
      verb="Remove"
      isOpen
      isPending={remove.isPending}
      error={remove.error}
      onClose={onClose}
      onConfirm={() => remove.mutate({ params: { organisation_id: org, user_id: id } }, { onSuccess: onClose })}
    >
      <Text size="sm">
        {name} no longer sees anything here. API keys stay as they are: look through those that {name} knew.
      </Text>
    </ConfirmByName>
  );
}

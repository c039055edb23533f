import { Anchor, Avatar, Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { ChevronRight, Plus } from "lucide-react";
import { fieldFault } from "../../api/problem.ts";
import { listOf, useChange } from "../../api/queries.ts";
import { usePerson } from "../../api/session.ts";
import { initialOf } from "../../frame/organisation-menu.tsx";
import { signOut } from "../../frame/sign-out.ts";
import { Waiting } from "../../parts/answer.tsx";
import { Fault } from "../../parts/fault.tsx";
import { Door } from "./door.tsx";
import classes from "./organisations.module.css";

/** Choosing an organisation, or creating one. */
export function Organisations() {
  const { create = false } = useSearch({ from: "/signed-in/organisations" });
  const { name, email } = usePerson();
  const query = useInfiniteQuery(listOf("ListOrganisations", {}));
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const isNowhere = query.isSuccess && items.length === 0;
  const about = isNowhere
    ? "You are in no organisation yet. Create one, or ask somebody for an invitation to theirs."
    : `You are signed in as ${name} (${email}).`;
  const out = (
    <Anchor component="button" size="sm" onClick={() => void signOut()}>
      Sign out
    </Anchor>
  );
  return (
    <Door title={isNowhere ? `Welcome, ${name}` : "Organisations"} about={about} aside={out} width={480}>
      {query.isPending && <Waiting />}
      <Fault error={query.error} retry={() => void query.refetch()} />
      {items.length > 0 && (
        <Stack gap="xs" component="nav" aria-label="Organisations">
          {items.map((one) => (
            <Link key={one.id} to="/o/$org" params={{ org: one.id }} className={classes.organisation}>
              <Avatar color="harbour" radius="md" size={34} aria-hidden>
                {initialOf(one.name)}
              </Avatar>
              <Text fw={550} flex={1}>
                {one.name}
              </Text>
              <ChevronRight size={18} aria-hidden />
            </Link>
          ))}
          {query.hasNextPage && (
            <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              Show more
            </Button>
          )}
        </Stack>
      )}
      {create || isNowhere ? (
        <Creation canCancel={!isNowhere} />
      ) : (
        query.isSuccess && (
          <Button
            variant="light"
            leftSection={<Plus size={16} />}
            renderRoot={(props) => <Link {...props} to="/organisations" search={{ create: true }} />}
          >
            Create an organisation
          </Button>
        )
      )}
    </Door>
  );
}

function Creation({ canCancel }: { canCancel: boolean }) {
  const navigate = useNavigate();
  const create = useChange("CreateOrganisation");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const name = String(new FormData(event.currentTarget).get("name"));
        create.mutate({ body: { name } }, { onSuccess: ({ body }) => void navigate({ to: "/o/$org", params: { org: body.id } }) });
      }}
    >
      <Stack>
        <Fault error={create.error} shown={["name"]} />
        <TextInput
          label="Name of the new organisation"
          description="Connections, credentials and people belong to one organisation. You become its owner."
          name="name"
          maxLength={100}
          required
          withAsterisk={false}
          autoFocus
          autoComplete="organization"
          error={fieldFault(create.error, "name")}
        />
        <Group justify="flex-end">
          {canCancel && (
            <Button variant="default" renderRoot={(props) => <Link {...props} to="/organisations" />}>
              Cancel
            </Button>
          )}
          <Button type="submit" loading={create.isPending || create.isSuccess}>
            Create
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

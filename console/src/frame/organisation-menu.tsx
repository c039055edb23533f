import { Avatar, Menu, Text, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Check, ChevronsUpDown, Plus } from "lucide-react";
import { useState } from "react";
import { queryOf } from "../api/queries.ts";
import { useOrganisation } from "../api/session.ts";
import classes from "./organisation-menu.module.css";

/** Which organisation this is, and the way to others. */
export function OrganisationMenu() {
  const org = useOrganisation();
  const [isOpen, setOpen] = useState(false);
  const { data: here } = useQuery({ ...queryOf("GetOrganisation", { params: { organisation_id: org } }), staleTime: 60_000 });
  const list = useQuery({ ...queryOf("ListOrganisations", { query: { first: 100 } }), enabled: isOpen });
  const name = here?.name ?? "";
  const others = list.data?.items ?? [];
  return (
    <Menu withInitialFocusPlaceholder={false} position="bottom-start" width={260} opened={isOpen} onChange={setOpen}>
      <Menu.Target>
        <UnstyledButton className={classes.target}>
          <Avatar color="harbour" radius="md" size={30} aria-hidden>
            {initialOf(name)}
          </Avatar>
          <Text span size="sm" fw={600} truncate flex={1}>
            <VisuallyHidden>Organisation: </VisuallyHidden>
            {name}
          </Text>
          <ChevronsUpDown size={15} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown mah={420} style={{ overflowY: "auto" }}>
        <Menu.Label>Organisations</Menu.Label>
        {others.slice(0, shownMax).map((one) => (
          <Menu.Item
            key={one.id}
            aria-current={one.id === org ? "true" : undefined}
            rightSection={one.id === org && <Check size={15} />}
            renderRoot={(props) => <Link {...props} to="/o/$org" params={{ org: one.id }} />}
          >
            {one.name}
          </Menu.Item>
        ))}
        {others.length > shownMax && (
          <Menu.Item renderRoot={(props) => <Link {...props} to="/organisations" />}>All organisations</Menu.Item>
        )}
        <Menu.Divider />
        <Menu.Item
          leftSection={<Plus size={15} />}
          renderRoot={(props) => <Link {...props} to="/organisations" search={{ create: true }} />}
        >
          Create an organisation
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

const shownMax = 12;

/** The letter that stands for a name. */
export const initialOf = (name: string) => [...name.trim()].slice(0, 1).join("").toUpperCase();

import { Avatar, Menu, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Building2, LogOut, UserRound } from "lucide-react";
import { useOrganisation, usePerson } from "../api/session.ts";
import { signOut } from "./sign-out.ts";

/** Who is signed in, and the ways to their profile, other organisations, and out. */
export function PersonMenu() {
  const person = usePerson();
  const org = useOrganisation();
  return (
    <Menu withInitialFocusPlaceholder={false} position="bottom-end" width={240}>
      <Menu.Target>
        <UnstyledButton>
          <Avatar color="harbour" radius="xl" size={34} name={person.name} aria-hidden />
          <VisuallyHidden>Account of {person.name}</VisuallyHidden>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {person.name} · {person.email}
        </Menu.Label>
        <Menu.Item leftSection={<UserRound size={16} />} renderRoot={(props) => <Link {...props} to="/o/$org/profile" params={{ org }} />}>
          Profile
        </Menu.Item>
        <Menu.Item leftSection={<Building2 size={16} />} renderRoot={(props) => <Link {...props} to="/organisations" />}>
          Organisations
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<LogOut size={16} />} onClick={() => void signOut()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

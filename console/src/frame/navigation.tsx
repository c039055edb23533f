import { NavLink } from "@mantine/core";
import { Link, useLocation } from "@tanstack/react-router";
import { Cable, History, House, KeyRound, type LucideIcon, ScrollText, Users, VenetianMask } from "lucide-react";
import { useMay, useOrganisation } from "../api/session.ts";

/** The pages of an organisation. What a person may not see is not offered. */
export function Navigation() {
  const may = useMay();
  const isAdmin = may("organisation:admin");
  return (
    <>
      <Item icon={House} label="Home" to="/o/$org" isExact />
      <Item icon={Cable} label="Connections" to="/o/$org/connections" />
      <Item icon={VenetianMask} label="Credentials" to="/o/$org/credentials" />
      <Item icon={History} label="Calls" to="/o/$org/calls" />
      {isAdmin && <Item icon={ScrollText} label="Audit" to="/o/$org/audit" />}
      {isAdmin && <Item icon={KeyRound} label="API keys" to="/o/$org/api-keys" />}
      <Item icon={Users} label="Members" to="/o/$org/members" />
    </>
  );
}

type Address =
  | "/o/$org"
  | "/o/$org/connections"
  | "/o/$org/credentials"
  | "/o/$org/calls"
  | "/o/$org/audit"
  | "/o/$org/api-keys"
  | "/o/$org/members";

function Item({ icon: Icon, label, to, isExact = false }: { icon: LucideIcon; label: string; to: Address; isExact?: boolean }) {
  const org = useOrganisation();
  const { pathname } = useLocation();
  const address = to.replace("$org", org);
  const isHere = isExact ? pathname.replace(/\/$/, "") === address : `${pathname}/`.startsWith(`${address}/`);
  return (
    <NavLink
      label={label}
      leftSection={<Icon size={18} />}
      active={isHere}
      aria-current={isHere ? "page" : undefined}
      renderRoot={(props) => <Link {...props} to={to} params={{ org }} activeOptions={{ exact: isExact }} />}
      style={{ borderRadius: "var(--mantine-radius-md)" }}
    />
  );
}

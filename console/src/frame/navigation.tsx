import { NavLink } from "@mantine/core";
import { Link, useLocation } from "@tanstack/react-router";
import { useOrganisation } from "../api/session.ts";
import { type NavigationPage, usePages } from "./pages.ts";

/** The pages of an organisation. What a person may not see is not offered. */
export function Navigation() {
  return usePages().map((page) => <Item key={page.to} {...page} />);
}

function Item({ icon: Icon, label, to, isExact = false }: NavigationPage) {
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

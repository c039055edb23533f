import { Cable, History, House, KeyRound, type LucideIcon, ScrollText, Users, VenetianMask } from "lucide-react";
import { useMay } from "../api/session.ts";

/** A page of the navigation. */
export interface NavigationPage {
  readonly label: string;
  readonly icon: LucideIcon;
  readonly to: Address;
  /** Whether pages below it are not part of it. */
  readonly isExact?: boolean;
}

type Address =
  | "/o/$org"
  | "/o/$org/connections"
  | "/o/$org/credentials"
  | "/o/$org/calls"
  | "/o/$org/audit"
  | "/o/$org/api-keys"
  | "/o/$org/members";

/** The pages of an organisation in their order. What a person may not see is not among them. */
export function usePages(): NavigationPage[] {
  const isAdmin = useMay()("organisation:admin");
  return [
    { icon: House, label: "Home", to: "/o/$org", isExact: true },
    { icon: Cable, label: "Connections", to: "/o/$org/connections" },
    { icon: VenetianMask, label: "Credentials", to: "/o/$org/credentials" },
    { icon: History, label: "Calls", to: "/o/$org/calls" },
    ...(isAdmin ? ([{ icon: ScrollText, label: "Audit", to: "/o/$org/audit" }] as const) : []),
    ...(isAdmin ? ([{ icon: KeyRound, label: "API keys", to: "/o/$org/api-keys" }] as const) : []),
    { icon: Users, label: "Members", to: "/o/$org/members" },
  ];
}

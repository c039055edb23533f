import { Button, Menu } from "@mantine/core";
import type { Connection } from "@mooring/contract";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { queryOf } from "../../../api/queries.ts";
import { useOrganisation } from "../../../api/session.ts";
import { versionsOf } from "../versions.ts";

/** Where a delivery can be pasted to see whether it passes: at each trigger of the version that is in use. */
export function TestTrigger({ name, connection, environment }: { name: string; connection: Connection; environment: string }) {
  const org = useOrganisation();
  const [isOpen, setOpen] = useState(false);
  const { standard, all } = versionsOf(connection);
  const version = (standard ?? all[0])?.name ?? "";
  const params = { organisation_id: org, connection_id: connection.id, version };
  const { data } = useQuery({ ...queryOf("GetTriggers", { params, query: { first: 20 } }), enabled: isOpen && version !== "" });
  return (
    <Menu position="bottom-end" opened={isOpen} onChange={setOpen}>
      <Menu.Target>
        <Button size="compact-sm" variant="default" rightSection={<ChevronDown size={14} />} aria-label={`Test ${name}`}>
          Test
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Paste a delivery at a trigger</Menu.Label>
        {data?.triggers.map((trigger) => (
          <Menu.Item
            key={trigger.name}
            renderRoot={(props) => (
              <Link
                {...props}
                to="/o/$org/connections/$connection/triggers/$version/$trigger"
                params={{ org, connection: connection.id, version, trigger: trigger.name }}
                search={{ environment }}
                hash="verify"
              />
            )}
          >
            {trigger.name}
          </Menu.Item>
        ))}
        <Menu.Item
          renderRoot={(props) => (
            <Link {...props} to="/o/$org/connections/$connection/triggers" params={{ org, connection: connection.id }} search={{}} />
          )}
        >
          {data?.triggers.length === 0 ? "There is none yet: to the triggers" : "All triggers"}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

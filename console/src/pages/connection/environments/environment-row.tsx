import { ActionIcon, Anchor, Group, Menu, Text } from "@mantine/core";
import type { Connection, Environment } from "@mooring/contract";
import { Link } from "@tanstack/react-router";
import { ArrowDown, ArrowUp, EllipsisVertical, PencilLine, Trash2 } from "lucide-react";
import { useMay, useOrganisation } from "../../../api/session.ts";
import { Health } from "../../../parts/health.tsx";
import type { Place } from "../../../parts/sortable.tsx";
import { Ago } from "../../../parts/time.tsx";

interface Shown {
  readonly environment: Environment;
  readonly connection: Connection;
  readonly place: Place;
  readonly health: { readonly health: string; readonly callsLastHour: number; readonly lastCallAt?: string } | undefined;
  readonly isLast: boolean;
  readonly onRename: () => void;
  readonly onDelete: () => void;
}

/** An environment in the list of its connection: what is in it, and how it is doing. */
export function EnvironmentRow({ environment, connection, place, health, isLast, onRename, onDelete }: Shown) {
  const org = useOrganisation();
  const mayWrite = useMay()("connections:write");
  return (
    <Group wrap="nowrap" gap="sm">
      {place.handle}
      <div style={{ flex: 1, minWidth: 0 }}>
        <Anchor
          fw={600}
          renderRoot={(props) => (
            <Link
              {...props}
              to="/o/$org/connections/$connection/environments/$environment"
              params={{ org, connection: connection.id, environment: environment.id }}
            />
          )}
        >
          {environment.name}
        </Anchor>
        <Text size="sm" c="dimmed" component="div">
          {contentWords(environment)}
          {health && (
            <>
              {health.lastCallAt ? " · last call " : " · no call yet"}
              {health.lastCallAt && <Ago at={health.lastCallAt} />}
            </>
          )}
        </Text>
      </div>
      {health && <Health health={health.health} />}
      {mayWrite && (
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon aria-label={`More about ${environment.name}`}>
              <EllipsisVertical size={16} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<PencilLine size={15} />} onClick={onRename}>
              Rename
            </Menu.Item>
            {place.moveUp && (
              <Menu.Item leftSection={<ArrowUp size={15} />} onClick={place.moveUp}>
                Move up
              </Menu.Item>
            )}
            {place.moveDown && (
              <Menu.Item leftSection={<ArrowDown size={15} />} onClick={place.moveDown}>
                Move down
              </Menu.Item>
            )}
            <Menu.Divider />
            <Menu.Item
              leftSection={<Trash2 size={15} />}
              c={isLast ? "dimmed" : "var(--mantine-color-error)"}
              disabled={isLast}
              onClick={onDelete}
            >
              {isLast ? "Delete: a connection keeps at least one" : "Delete"}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
    </Group>
  );
}

function contentWords({ credentials, variables }: Environment): string {
  const secrets = credentials.action.length + credentials.trigger.length;
  return [counted(secrets, "credential"), counted(variables.length, "variable")].join(" · ");
}

const counted = (count: number, noun: string) => (count === 0 ? `no ${noun}s` : `${count} ${noun}${count === 1 ? "" : "s"}`);

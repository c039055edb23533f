import { Button, NativeSelect } from "@mantine/core";
import type { Connection } from "@mooring/contract";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Layers } from "lucide-react";
import { useOrganisation } from "../../../../api/session.ts";
import { Empty } from "../../../../parts/empty.tsx";
import { useConnection } from "../../connection.ts";

type Environment = Connection["environments"][number];

/** The environment that the address names, or else the first; undefined where the connection has none. */
export function useEnvironment(): Environment | undefined {
  const { environments } = useConnection();
  const { environment } = useSearch({ strict: false });
  return environments.find(({ id, name }) => id === environment || name === environment) ?? environments[0];
}

/** Which environment is called; the address keeps it. */
export function EnvironmentChoice({ chosen }: { chosen: Environment }) {
  const { environments } = useConnection();
  const navigate = useNavigate();
  return (
    <NativeSelect
      label="Environment"
      value={chosen.id}
      data={environments.map(({ id, name }) => ({ value: id, label: name }))}
      onChange={(event) => {
        const environment = event.currentTarget.value;
        void navigate({ to: ".", search: (before) => ({ ...before, environment }), replace: true, resetScroll: false });
      }}
    />
  );
}

/** What is shown where there is nowhere to send a call to. */
export function NoEnvironment() {
  const org = useOrganisation();
  const { id } = useConnection();
  return (
    <Empty
      icon={Layers}
      title="No environment yet"
      action={
        <Button
          renderRoot={(props) => <Link {...props} to="/o/$org/connections/$connection/environments" params={{ org, connection: id }} />}
        >
          Go to the environments
        </Button>
      }
    >
      An environment is where a call goes: a test system, production. It holds the credentials that are sent along.
    </Empty>
  );
}

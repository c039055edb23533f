import { SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { FileUp, type LucideIcon, PencilRuler } from "lucide-react";
import { useOrganisation } from "../../api/session.ts";
import { Page } from "../../frame/page.tsx";
import { connectionsCrumb, NotForRole, useMayCreate } from "./may-create.tsx";
import classes from "./new.module.css";
import { Presets } from "./presets.tsx";

/** The ways to a new connection: a file, nothing, or one of the APIs that Mooring knows. */
export function NewConnection() {
  const org = useOrganisation();
  if (!useMayCreate()) return <NotForRole />;
  return (
    <Page
      title="New connection"
      about="A connection says where an outside system is, and how to prove who calls."
      crumbs={[connectionsCrumb(org)]}
    >
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Way
          icon={FileUp}
          title="From an OpenAPI file"
          about="Its operations become actions that can be tried at once. Swagger and Postman files work as well."
          to="/o/$org/connections/new/file"
        />
        <Way
          icon={PencilRuler}
          title="From nothing"
          about="An address and a name are enough. For HTTP APIs, and for BigQuery."
          to="/o/$org/connections/new/scratch"
        />
      </SimpleGrid>
      <Stack gap="sm">
        <Title order={2}>Or begin with a well-known API</Title>
        <Presets />
      </Stack>
    </Page>
  );
}

interface WayOn {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly about: string;
  readonly to: "/o/$org/connections/new/file" | "/o/$org/connections/new/scratch";
}

function Way({ icon: Icon, title, about, to }: WayOn) {
  const org = useOrganisation();
  return (
    <Link to={to} params={{ org }} className={classes.card}>
      <span className={classes.sign}>
        <Icon size={22} />
      </span>
      <span>
        <Text span fw={600} display="block">
          {title}
        </Text>
        <Text span size="sm" c="dimmed" display="block">
          {about}
        </Text>
      </span>
    </Link>
  );
}

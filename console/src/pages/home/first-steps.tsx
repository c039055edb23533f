import { Button, Paper, SimpleGrid, Stack, Text, ThemeIcon, Title, VisuallyHidden } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, type LinkProps } from "@tanstack/react-router";
import { Check, FileJson2, LibraryBig, type LucideIcon, PencilRuler } from "lucide-react";
import type { ReactNode } from "react";
import { queryOf } from "../../api/queries.ts";
import { useMay, useOrganisation, usePerson } from "../../api/session.ts";
import classes from "./first-steps.module.css";

/** In the place of empty charts, where no connection is yet: what to do first, and what is done already. */
export function FirstSteps() {
  const org = useOrganisation();
  const may = useMay();
  const { hasPassword } = usePerson();
  const isAdmin = may("organisation:admin");
  const members = useQuery({ ...queryOf("ListMembers", { params: { organisation_id: org }, query: { first: 1 } }), enabled: isAdmin });
  if (!may("connections:write"))
    return (
      <Paper p="xl">
        <Title order={2}>There is nothing to see yet</Title>
        <Text size="sm" c="dimmed" mt={4}>
          As soon as somebody who may do so connects the first system, its calls and its state are shown here.
        </Text>
      </Paper>
    );
  return (
    <Paper px={{ base: "lg", sm: "xl" }} py="xs">
      <ol className={classes.steps}>
        <FirstStep number={1} title="Connect an API" about="Mooring keeps where it is and how to prove who calls. Three ways to begin:">
          <SimpleGrid cols={{ base: 1, sm: 3 }} mt="sm">
            <Way icon={LibraryBig} title="From a preset" link={{ to: "/o/$org/connections/new", params: { org } }}>
              Stripe, GitHub, Slack and more: addresses and sign-in are filled in.
            </Way>
            <Way icon={FileJson2} title="From an OpenAPI file" link={{ to: "/o/$org/connections/new/file", params: { org } }}>
              Everything it describes can be called at once.
            </Way>
            <Way icon={PencilRuler} title="From nothing" link={{ to: "/o/$org/connections/new/scratch", params: { org } }}>
              A name and a base URL are enough to begin.
            </Way>
          </SimpleGrid>
        </FirstStep>
        <FirstStep
          number={2}
          title="Try a call"
          about="On the connection's page: send one from here, and see what was sent and what came back."
        />
        {isAdmin && (
          <FirstStep
            number={3}
            title="Invite people"
            about="They get an address that works once; what they may do is up to you."
            isDone={(members.data?.totalCount ?? 1) > 1}
          >
            <ToPage link={{ to: "/o/$org/members", params: { org } }}>Invite somebody</ToPage>
          </FirstStep>
        )}
        <FirstStep
          number={isAdmin ? 4 : 3}
          title="Set your e-mail and password"
          about="The link that brought you here worked once. With these you come back."
          isDone={hasPassword}
        >
          <ToPage link={{ to: "/o/$org/profile", params: { org } }}>Set them</ToPage>
        </FirstStep>
      </ol>
    </Paper>
  );
}

interface Step {
  readonly number: number;
  readonly title: string;
  readonly about: string;
  readonly isDone?: boolean;
  readonly children?: ReactNode;
}

function FirstStep({ number, title, about, isDone = false, children }: Step) {
  return (
    <li className={classes.step}>
      <ThemeIcon variant="light" color={isDone ? "green" : "harbour"} size={30} radius="xl" fw={650} fz="sm" aria-hidden>
        {isDone ? <Check size={16} /> : number}
      </ThemeIcon>
      <div>
        <Title order={2} fz="md" lh="30px" {...(isDone && { c: "dimmed" })}>
          {title}
          {isDone && <VisuallyHidden>: done</VisuallyHidden>}
        </Title>
        <Text size="sm" c="dimmed">
          {about}
        </Text>
        {!isDone && children}
      </div>
    </li>
  );
}

function Way({ icon: Icon, title, link, children }: { icon: LucideIcon; title: string; link: LinkProps; children: ReactNode }) {
  return (
    <Link {...link} className={classes.way}>
      <Icon size={22} aria-hidden />
      <Stack gap={2}>
        <Text fw={600} size="sm">
          {title}
        </Text>
        <Text size="sm" c="dimmed">
          {children}
        </Text>
      </Stack>
    </Link>
  );
}

function ToPage({ link, children }: { link: LinkProps; children: ReactNode }) {
  return (
    <Button variant="light" size="xs" mt="sm" renderRoot={(props) => <Link {...props} {...link} />}>
      {children}
    </Button>
  );
}

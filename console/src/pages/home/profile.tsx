import {
  Alert,
  Button,
  Group,
  Paper,
  PasswordInput,
  SegmentedControl,
  Stack,
  Text,
  TextInput,
  Title,
  useMantineColorScheme,
} from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Check } from "lucide-react";
import { type FormEvent, useState } from "react";
import { send } from "../../api/client.ts";
import { fieldFault } from "../../api/problem.ts";
import { type Person, sessionQuery, usePerson } from "../../api/session.ts";
import { Page } from "../../frame/page.tsx";
import { Fault } from "../../parts/fault.tsx";
import { Unsaved } from "../../parts/unsaved.tsx";

/** The person's own page: what they are called, how they sign in, and the colours they like. */
export function Profile() {
  return (
    <Page title="Profile">
      <Stack maw={640} gap="lg">
        <Account />
        <Colours />
      </Stack>
    </Page>
  );
}

const fields = ["name", "email", "password", "currentPassword"];

function Account() {
  const person = usePerson();
  const queries = useQueryClient();
  const [isDirty, setDirty] = useState(false);
  const save = useMutation({
    mutationFn: async (form: HTMLFormElement) => {
      const { name, email, password, currentPassword } = Object.fromEntries(new FormData(form)) as Record<string, string>;
      const json = { name, email, ...(password && { password }), ...(person.hasPassword && { currentPassword }) };
      return { form, person: (await send<Person>("POST", "/auth/account", { json })).body };
    },
    onSuccess: (saved) => {
      // What was typed is of no use any more, and must not stay in the page.
      for (const field of saved.form.querySelectorAll<HTMLInputElement>("[name=password], [name=currentPassword]")) field.value = "";
      queries.setQueryData(sessionQuery.queryKey, saved.person);
      void queries.invalidateQueries();
      setDirty(false);
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    save.mutate(event.currentTarget);
  };
  return (
    <Paper component="section" p="lg" aria-label="You">
      <Unsaved isDirty={isDirty} />
      <form onSubmit={submit} onChange={() => setDirty(true)}>
        <Stack>
          <div>
            <Title order={2}>You</Title>
            <Text size="sm" c="dimmed" mt={4}>
              {person.hasPassword
                ? "You sign in with this e-mail address and your password."
                : "The link that brought you here worked once. Set an e-mail address and a password to come back."}
            </Text>
          </div>
          <TextInput
            label="Name"
            name="name"
            defaultValue={person.name}
            autoComplete="name"
            maxLength={200}
            required
            withAsterisk={false}
            error={fieldFault(save.error, "name")}
          />
          <TextInput
            label="E-mail"
            name="email"
            type="email"
            // The first owner has an address that is none until they set one.
            defaultValue={person.email.endsWith("@localhost") ? "" : person.email}
            autoComplete="username"
            required
            withAsterisk={false}
            error={fieldFault(save.error, "email")}
          />
          <PasswordInput
            label={person.hasPassword ? "New password" : "Password"}
            description={person.hasPassword ? "At least 12 characters; leave it empty to keep the one you have" : "At least 12 characters"}
            name="password"
            autoComplete="new-password"
            minLength={12}
            maxLength={128}
            required={!person.hasPassword}
            withAsterisk={false}
            error={fieldFault(save.error, "password")}
          />
          {person.hasPassword && (
            <PasswordInput
              label="Current password"
              description="To be sure that it is you"
              name="currentPassword"
              autoComplete="current-password"
              required
              withAsterisk={false}
              error={fieldFault(save.error, "currentPassword")}
            />
          )}
          <Fault error={save.error} shown={fields} />
          {save.isSuccess && !isDirty && (
            <Alert color="green" icon={<Check size={18} />} role="status">
              Saved. Wherever else you were signed in, you are signed out.
            </Alert>
          )}
          <Group justify="space-between">
            <Text size="xs" c="dimmed" flex="1 1 200px">
              Saving signs you out everywhere but here.
            </Text>
            <Button type="submit" loading={save.isPending}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Paper>
  );
}

function Colours() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Paper component="section" p="lg" aria-label="Colours">
      <Title order={2}>Colours</Title>
      <Text size="sm" c="dimmed" mt={4} mb="md">
        Kept in this browser.
      </Text>
      <SegmentedControl
        aria-label="Colours"
        value={colorScheme}
        onChange={(value) => setColorScheme(value as typeof colorScheme)}
        data={[
          { value: "light", label: "Light" },
          { value: "dark", label: "Dark" },
          { value: "auto", label: "As this machine" },
        ]}
      />
    </Paper>
  );
}

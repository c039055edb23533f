import { Anchor, Button, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { call } from "../../api/client.ts";
import { fieldFault, Refusal } from "../../api/problem.ts";
import { type Person, sessionQuery } from "../../api/session.ts";
import { Answered } from "../../parts/answer.tsx";
import { Fault } from "../../parts/fault.tsx";
import { signIn, useArrival } from "./arrival.ts";
import { Door } from "./door.tsx";
import { useToken } from "./token.ts";

/** Taking an invitation: as who is signed in, as somebody new, or as somebody with an account who signs in first. */
export function Invitation() {
  const { token } = useToken();
  const session = useQuery(sessionQuery);
  if (!token)
    return (
      <Door title="This link is not complete" about="Open the whole link that you were given. It works once, within 7 days.">
        <Button variant="default" renderRoot={(props) => <Link {...props} to="/" />}>
          To the beginning
        </Button>
      </Door>
    );
  return (
    <Answered query={session}>
      {(person) => (person ? <Joining key={token} token={token} person={person} /> : <Newcomer key={token} token={token} />)}
    </Answered>
  );
}

const accept = async (token: string, name: string, password?: string) =>
  (await call("AcceptInvitation", { body: { token, name, ...(password !== undefined && { password }) } })).body;

function Joining({ token, person }: { token: string; person: Person }) {
  const arrive = useArrival();
  const join = useMutation({
    mutationFn: () => accept(token, person.name),
    onSuccess: ({ organisation }) => arrive(person, `/o/${organisation.id}`),
  });
  return (
    <Door title="You are invited" about={`You are signed in, so you join as ${person.email}.`}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          join.mutate();
        }}
      >
        <Stack>
          <Fault error={join.error} />
          <Button type="submit" size="md" loading={join.isPending || join.isSuccess} autoFocus>
            Join as {person.name}
          </Button>
        </Stack>
      </form>
    </Door>
  );
}

function Newcomer({ token }: { token: string }) {
  const [hasAccount, setHasAccount] = useState(false);
  return hasAccount ? (
    <Known token={token} onInstead={() => setHasAccount(false)} />
  ) : (
    <Unknown token={token} onAccount={() => setHasAccount(true)} />
  );
}

function Unknown({ token, onAccount }: { token: string; onAccount: () => void }) {
  const arrive = useArrival();
  const join = useMutation({
    mutationFn: async (form: FormData) => {
      const password = String(form.get("password"));
      const { organisation, member } = await accept(token, String(form.get("name")), password);
      return { organisation, person: await signIn("password", { email: member.email, password }) };
    },
    onSuccess: ({ organisation, person }) => arrive(person, `/o/${organisation.id}`),
  });
  const isKnown = join.error instanceof Refusal && join.error.code === "unauthenticated";
  return (
    <Door
      title="You are invited"
      about="Say what you are called, and choose a password. You sign in with it and the e-mail address that was invited."
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          join.mutate(new FormData(event.currentTarget));
        }}
      >
        <Stack>
          <Fault error={join.error} shown={["name", "password"]} />
          <TextInput
            label="Your name"
            name="name"
            autoComplete="name"
            maxLength={100}
            required
            withAsterisk={false}
            autoFocus
            error={fieldFault(join.error, "name")}
          />
          <PasswordInput
            label="Choose a password"
            description="At least 12 characters"
            name="password"
            autoComplete="new-password"
            minLength={12}
            maxLength={128}
            required
            withAsterisk={false}
            error={fieldFault(join.error, "password")}
          />
          <Button type="submit" size="md" mt="xs" loading={join.isPending || join.isSuccess}>
            Accept
          </Button>
          <Anchor component="button" type="button" size="sm" ta="center" fw={isKnown ? 600 : undefined} onClick={onAccount}>
            I have an account already
          </Anchor>
        </Stack>
      </form>
    </Door>
  );
}

function Known({ token, onInstead }: { token: string; onInstead: () => void }) {
  const arrive = useArrival();
  const join = useMutation({
    mutationFn: async (form: FormData) => {
      const person = await signIn("password", Object.fromEntries(form));
      return { person, ...(await accept(token, person.name)) };
    },
    onSuccess: ({ organisation, person }) => arrive(person, `/o/${organisation.id}`),
  });
  return (
    <Door title="Sign in to accept" about="The organisation is added to the account that you have.">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          join.mutate(new FormData(event.currentTarget));
        }}
      >
        <Stack>
          <Fault error={join.error} />
          <TextInput label="E-mail" name="email" type="email" autoComplete="username" required withAsterisk={false} autoFocus />
          <PasswordInput label="Password" name="password" autoComplete="current-password" required withAsterisk={false} />
          <Button type="submit" size="md" mt="xs" loading={join.isPending || join.isSuccess}>
            Sign in and accept
          </Button>
          <Text size="sm" ta="center">
            <Anchor component="button" type="button" inherit onClick={onInstead}>
              I am new here
            </Anchor>
          </Text>
        </Stack>
      </form>
    </Door>
  );
}

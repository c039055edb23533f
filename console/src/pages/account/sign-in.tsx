import { Anchor, Button, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { useEffect } from "react";
import { Fault } from "../../parts/fault.tsx";
import { signIn, useArrival } from "./arrival.ts";
import { Door } from "./door.tsx";
import { useToken } from "./token.ts";

/** Signing in, by the one-time link that Mooring printed or by e-mail and password. */
export function SignIn() {
  const { next = "/" } = useSearch({ from: "/sign-in" });
  const { token, forget } = useToken();
  // While somebody types, the browser fetches what they will see next.
  useEffect(() => void import("../home/home.tsx"), []);
  return token ? <ByLink key={token} token={token} next={next} onInstead={forget} /> : <ByPassword next={next} />;
}

function ByLink({ token, next, onInstead }: { token: string; next: string; onInstead: () => void }) {
  const arrive = useArrival();
  const enter = useMutation({ mutationFn: () => signIn("link", { token }), onSuccess: (person) => arrive(person, next) });
  return (
    <Door
      title="Welcome"
      about="This link signs you in once, on this browser. Set an e-mail address and a password afterwards, to come back."
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          enter.mutate();
        }}
      >
        <Stack>
          <Fault error={enter.error} />
          <Button type="submit" size="md" loading={enter.isPending || enter.isSuccess} autoFocus>
            Sign in
          </Button>
          <Anchor component="button" type="button" size="sm" onClick={onInstead} ta="center">
            Use e-mail and password instead
          </Anchor>
        </Stack>
      </form>
    </Door>
  );
}

function ByPassword({ next }: { next: string }) {
  const arrive = useArrival();
  const enter = useMutation({
    mutationFn: (form: FormData) => signIn("password", Object.fromEntries(form)),
    onSuccess: (person) => arrive(person, next),
  });
  return (
    <Door title="Sign in" about="To everything your programs are connected to.">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          enter.mutate(new FormData(event.currentTarget));
        }}
      >
        <Stack>
          <Fault error={enter.error} />
          <TextInput label="E-mail" name="email" type="email" autoComplete="username" required withAsterisk={false} autoFocus />
          <PasswordInput label="Password" name="password" autoComplete="current-password" required withAsterisk={false} />
          <Button type="submit" size="md" mt="xs" loading={enter.isPending || enter.isSuccess}>
            Sign in
          </Button>
          <Text size="xs" c="dimmed">
            No password yet? Open the one-time link that Mooring printed when it started. Until a password is set, it prints a new one at
            each start.
          </Text>
        </Stack>
      </form>
    </Door>
  );
}

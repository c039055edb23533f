import { Button, Center, Paper, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { send } from "../../api/client.ts";
import { useTitle } from "../../frame/page.tsx";
import { Fault } from "../../parts/fault.tsx";
import { takeToken } from "./token.ts";

/** Signing in, by the one-time link that Mooring printed or by e-mail and password. */
export function SignIn() {
  const { next = "/" } = useSearch({ from: "/sign-in" });
  const [token] = useState(takeToken);
  const signIn = useMutation({
    mutationFn: (body: object) => send("POST", token ? "/auth/sign-in/link" : "/auth/sign-in/password", { json: body }),
    // A fresh page: nothing that another person read in this tab stays in its memory.
    onSuccess: () => location.assign(`/console${next}`),
  });
  useTitle("Sign in");
  return (
    <Center component="main" mih="100vh" p="md">
      <Paper w={400} maw="100%" p="xl">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            signIn.mutate(token ? { token } : Object.fromEntries(new FormData(event.currentTarget)));
          }}
        >
          <Stack>
            <Title order={1}>{token ? "Welcome" : "Sign in"}</Title>
            <Fault error={signIn.error} />
            {token ? (
              <Text size="sm">This link signs you in once, on this browser.</Text>
            ) : (
              <>
                <TextInput label="E-mail" name="email" type="email" autoComplete="username" required />
                <PasswordInput label="Password" name="password" autoComplete="current-password" required />
              </>
            )}
            <Button type="submit" loading={signIn.isPending || signIn.isSuccess}>
              Sign in
            </Button>
            {!token && (
              <Text size="xs" c="dimmed">
                No password yet? Use the one-time link that Mooring printed when it started.
              </Text>
            )}
          </Stack>
        </form>
      </Paper>
    </Center>
  );
}

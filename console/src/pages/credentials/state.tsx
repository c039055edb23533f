import { Badge } from "@mantine/core";
import type { Credential, CredentialSummary } from "@mooring/contract";
import { CircleCheck, CircleDashed, CircleX, Clock, Lock, type LucideIcon, RefreshCw, UserRoundX } from "lucide-react";

/** How a credential is doing. */
export type CredentialCondition = "ok" | "untried" | "expiring" | "refreshing" | "failing" | "reauth_required" | "kept";

/** How a credential is doing, and why when it is not well, as far as the credential itself tells. */
export function conditionOf({ type, token, errors }: Pick<Credential | CredentialSummary, "type" | "token" | "errors">): Condition {
  if (token) return { state: token.state, reason: token.reason ?? errors?.[0] };
  if (errors === undefined) return { state: type.startsWith("oauth2") ? "untried" : "kept", reason: undefined };
  return errors.length === 0 ? { state: "ok", reason: undefined } : { state: "failing", reason: errors[0] };
}

export interface Condition {
  readonly state: CredentialCondition;
  readonly reason: string | undefined;
}

const looks: Readonly<Record<CredentialCondition, { color: string; word: string; icon: LucideIcon }>> = {
  ok: { color: "green", word: "works", icon: CircleCheck },
  untried: { color: "gray", word: "not tried yet", icon: CircleDashed },
  expiring: { color: "yellow", word: "due for renewal", icon: Clock },
  refreshing: { color: "blue", word: "being renewed", icon: RefreshCw },
  failing: { color: "red", word: "failing", icon: CircleX },
  kept: { color: "gray", word: "kept", icon: Lock },
  reauth_required: { color: "orange", word: "needs a person", icon: UserRoundX },
};

/** The state in a word and an icon. */
export function CredentialState({ state }: { state: CredentialCondition }) {
  const { color, word, icon: Icon } = looks[state];
  return (
    <Badge color={color} leftSection={<Icon size={13} />}>
      {word}
    </Badge>
  );
}

/** What a state means and what happens next, in a sentence. */
export const stateSentences: Readonly<Record<CredentialCondition, string>> = {
  ok: "It worked the last time it was used.",
  untried: "Nothing has used it yet.",
  kept: "It is kept sealed. Whether it works shows where it is used.",
  expiring: "It is good, and its token is renewed by the next call.",
  refreshing: "Its token is being renewed at this moment.",
  failing: "It did not work the last time.",
  reauth_required: "Somebody has to sign in at the outside system, so that calls get a token.",
};

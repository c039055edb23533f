import type { UserId } from "../kernel/ids.ts";
import type { Actor } from "./actor.ts";

/** Somebody with an account. */
export interface Person {
  readonly id: UserId;
  readonly name: string;
  readonly email: string;
}

/** Who calls, where no organisation is named. */
export type Caller = { readonly kind: "person"; readonly person: Person } | { readonly kind: "api-key"; readonly actor: Actor };

/** The one spelling of an e-mail address that is stored and compared: two that differ in case alone are one account. */
export function normalEmail(email: string): string {
  return email.trim().normalize("NFC").toLowerCase();
}

/** What is wrong with `password` as a new one, or undefined. Length is the rule that helps (NIST SP 800-63B, section 5.1.1.2). */
export function passwordFault(password: string): string | undefined {
  const characters = [...password].length;
  if (characters < passwordCharacters.min) return `Use at least ${passwordCharacters.min} characters.`;
  if (characters > passwordCharacters.max) return `Use at most ${passwordCharacters.max} characters.`;
  return undefined;
}

const passwordCharacters = { min: 12, max: 128 } as const;

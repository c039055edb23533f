import { type Static, Type } from "typebox";
import { AuthSchemeType } from "./auth-scheme.ts";
import { AuthSchemeConfigHMAC } from "./auth-scheme-config.ts";
import { object, text, timestamp, ulid, words } from "./fields.ts";

export const VerificationStep = object(
  "VerificationStep",
  {
    credential: Type.Optional(ulid("The use of the credential that was checked; absent for what concerns all of them.")),
    scheme: Type.Optional(AuthSchemeType),
    what: Type.String({ description: "What was looked at, as in `timestamp` or `signature`." }),
    passed: Type.Boolean({ description: "Whether it was in order." }),
    message: Type.String({ description: "What was found, and what to do about it. Never holds a secret." }),
    expected: Type.Optional(Type.String({ description: "What was expected, where that is no secret." })),
    found: Type.Optional(Type.String({ description: "What was there, where that is no secret." })),
  },
  { description: "One thing that was compared." },
);
export type VerificationStep = Static<typeof VerificationStep>;

export const Verification = object("Verification", {
  passed: Type.Boolean({ description: "Whether all of the environment's trigger credentials passed." }),
  steps: Type.Array(VerificationStep, { description: "What was compared, in order." }),
});
export type Verification = Static<typeof Verification>;

export const VerificationRequest = object("VerificationRequest", {
  method: Type.Optional(Type.String({ maxLength: 20, pattern: "^[A-Za-z]+$", default: "POST", description: "The method it came with." })),
  url: Type.Optional(
    Type.String({
      maxLength: 16_384,
      description: "The address it was sent to, with the query. Left out: the trigger's own address. A signature may cover it.",
    }),
  ),
  headers: Type.Array(
    object("VerificationHeader", {
      name: Type.String({ minLength: 1, maxLength: 200, description: "As it was sent." }),
      value: Type.String({ maxLength: 16_384, description: "As it was sent." }),
    }),
    { maxItems: 200, description: "All headers, in their order." },
  ),
  body: Type.Optional(text("The body as text, exactly as it was sent.", { maxLength: 1024 * 1024 })),
  bodyBase64: Type.Optional(
    Type.String({
      maxLength: 1_400_000,
      pattern: "^[A-Za-z0-9+/]*={0,2}$",
      description: "The body's bytes in base64, in place of `body`.",
    }),
  ),
  receivedAt: Type.Optional(timestamp("When it came, for signatures that hold for a time only. Left out: now.")),
  version: Type.Optional(
    Type.String({ minLength: 1, maxLength: 100, description: "The version of the trigger; `default` when left out." }),
  ),
});
export type VerificationRequest = Static<typeof VerificationRequest>;

export const SignaturePreset = object("SignaturePreset", {
  name: Type.String({ description: "As in `github`." }),
  title: Type.String({ description: "Whose signatures these are." }),
  note: Type.String({ description: "What to set at the sender, and what else to know." }),
  authSchemeConfig: AuthSchemeConfigHMAC,
});
export type SignaturePreset = Static<typeof SignaturePreset>;

export const SignaturePresetList = object("SignaturePresetList", { items: Type.Array(SignaturePreset) });
export type SignaturePresetList = Static<typeof SignaturePresetList>;

/** Whether an event passed all trigger credentials, and `own` for one of Mooring's. */
export const eventOrigins = ["verified", "unverified", "own"] as const;
export const EventOrigin = words(eventOrigins, {
  title: "EventOrigin",
  description: "`verified` passed every trigger credential; `unverified` did not and is never delivered; `own` is Mooring's.",
});
export type EventOrigin = Static<typeof EventOrigin>;

import { type TSchema, Type } from "typebox";
import { ulid } from "../schemas/fields.ts";

/** What may stand in the braces of a path. A malformed id, an unknown one and another organisation's are all 404. */
export const pathParameters = {
  organisation_id: ulid("The organisation."),
  connection_id: ulid("The connection."),
  environment_id: Type.String({ description: "The environment: its id or its name." }),
  credential_id: ulid("The credential."),
  version: Type.String({ description: "A version's name, `latest` (published last) or `default` (the chosen one, else latest)." }),
  other_version: Type.String({ description: "The version to compare with: a name, `latest` or `default`." }),
  action_name: Type.String({ description: "The action's name." }),
  trigger_name: Type.String({ description: "The trigger's name." }),
  trigger_token: Type.String({ description: "What makes a short address impossible to guess." }),
  event_id: ulid("The event."),
  schema_key: Type.String({ description: "What makes the addresses of a version's schemas impossible to guess." }),
  definition_name: Type.String({ description: "The definition's name." }),
  subscription_id: ulid("The subscription."),
  protocol_slug: Type.String({ description: "The protocol, as in `http`." }),
  user_id: ulid("The person."),
  invitation_id: ulid("The invitation."),
  api_key_id: ulid("The API key."),
  call_id: ulid("The call."),
  path: Type.String({ description: "Where in the outside system, below the base URL; may hold slashes, and may be empty." }),
} as const satisfies Record<string, TSchema>;

/** The parameters in a path: `"/o/{organisation_id}"` has `{ organisation_id: string }`. */
export type PathParameters<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? { [Key in Name]: string } & PathParameters<Rest>
  : unknown;

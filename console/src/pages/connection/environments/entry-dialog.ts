import type { Connection, Environment } from "@mooring/contract";
import type { Answer } from "../../../api/client.ts";

/** What credentials are for: calls that go out, or what comes in. */
export type Purpose = "action" | "trigger";

/** What a question about the credentials of an environment is given. */
export interface EntryDialog {
  readonly purpose: Purpose;
  /** The environment as the person saw it when they asked. */
  readonly answer: Answer<Environment>;
  readonly connection: Connection;
  readonly onSaved: (answer: Answer<Environment>) => void;
  readonly onClose: () => void;
}

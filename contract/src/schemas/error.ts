import { type Static, Type } from "typebox";
import { object } from "./fields.ts";

export const ErrorField = object("ErrorField", {
  field: Type.String({
    description: "Where, as in `environments[0].credentials.action[1].authSchemeConfig.name`; empty for the whole body.",
  }),
  message: Type.String({ description: "What to do about it." }),
});
export type ErrorField = Static<typeof ErrorField>;

/** The component `Error`; the value has another name because `Error` is taken in every module. */
export const ErrorBody = object(
  "Error",
  {
    code: Type.String({ description: "Stable and made for programs, as in `name_taken`." }),
    message: Type.String({ description: "Made for people: what went wrong and what to do about it." }),
    fields: Type.Optional(Type.Array(ErrorField, { description: "Every fault of the request at once." })),
    cause: Type.Optional(Type.String({ description: "What lay beneath, where that helps. Never a secret." })),
  },
  { description: "How every failure of Mooring is told." },
);
export type ErrorBody = Static<typeof ErrorBody>;

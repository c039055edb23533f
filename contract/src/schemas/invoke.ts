import { type Static, Type } from "typebox";
import { object } from "./fields.ts";

export const InvokeRequest = object(
  "InvokeRequest",
  {
    parameters: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), {
        description:
          "The values of the action's parameters by their names. Where parameters in several places have one name, each is named with its place, as in `path.id` and `query.id`. " +
          "A value is of its parameter's type: a text is no number. What is left out takes its default.",
      }),
    ),
    body: Type.Optional(
      Type.Unknown({
        description:
          "The body, for an action that takes one. For a JSON type it is sent byte for byte; for a form it is an object; for text and XML a text; for `multipart/form-data` an object, in which " +
          'a file is `{"base64": "...", "filename": "...", "contentType": "..."}`; for any other type `{"base64": "..."}`.',
      }),
    ),
    contentType: Type.Optional(
      Type.String({
        description: "The media type of the body. When left out, the first JSON type that the action takes, or else the first of all.",
      }),
    ),
  },
  { description: "What an action is called with." },
);
export type InvokeRequest = Static<typeof InvokeRequest>;

import { type Static, Type } from "typebox";
import { object, words } from "./fields.ts";

const subject = {
  type: words(["action", "definition", "trigger"], { description: "What it is." }),
  name: Type.String({ description: "Its name, of a changed one the newer." }),
};

export const VersionDiffItem = object("VersionDiffItem", {
  ...subject,
  breaks: Type.Boolean({ description: "Whether callers that used it before may fail now." }),
});
export type VersionDiffItem = Static<typeof VersionDiffItem>;

export const VersionDiffChange = object("VersionDiffChange", {
  field: Type.String({
    description:
      "Where, as a JSON Pointer (RFC 6901) in which things go by their names: `/parameters/query/limit/required`, `/responses/200/definitions/application~1json`.",
  }),
  before: Type.Optional(Type.Unknown({ description: "What was there; absent when nothing was." })),
  after: Type.Optional(Type.Unknown({ description: "What is there; absent when nothing is." })),
  breaks: Type.Boolean({ description: "Whether callers that were right before may be wrong now." }),
  why: Type.Optional(Type.String({ description: "Why it breaks them." })),
});
export type VersionDiffChange = Static<typeof VersionDiffChange>;

export const VersionDiffChanged = object("VersionDiffChanged", {
  ...subject,
  breaks: Type.Boolean({ description: "Whether any of the changes breaks callers." }),
  changes: Type.Array(VersionDiffChange, { description: "At most 50, those that break callers first." }),
  omitted: Type.Optional(Type.Integer({ description: "How many more changes it has." })),
});
export type VersionDiffChanged = Static<typeof VersionDiffChanged>;

export const VersionDiff = object(
  "VersionDiff",
  {
    from: Type.String({ description: "The name of the version that is left." }),
    to: Type.String({ description: "The name of the version that is gone to." }),
    breaks: Type.Boolean({ description: "Whether anything here breaks callers." }),
    added: Type.Array(VersionDiffItem),
    removed: Type.Array(VersionDiffItem),
    changed: Type.Array(VersionDiffChanged, { description: "At most 1,000, as of the other lists; what breaks callers first." }),
    omitted: Type.Optional(Type.Integer({ description: "How many more things there are in the lists." })),
  },
  { description: "What going from one version to another adds, removes and changes, and what of it breaks callers." },
);
export type VersionDiff = Static<typeof VersionDiff>;

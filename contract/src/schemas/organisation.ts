import { type Static, Type } from "typebox";
import { ignored, name, object, timestamp, ulid } from "./fields.ts";
import { pageInfo } from "./page.ts";

const label = name("What people call the organisation");

export const Organisation = object(
  "Organisation",
  {
    id: ulid("The organisation."),
    name: label,
    createdAt: timestamp("When it was created."),
    updatedAt: timestamp("When it last changed."),
  },
  { description: "The tenant that everything belongs to." },
);
export type Organisation = Static<typeof Organisation>;

export const OrganisationCreate = object("OrganisationCreate", { name: label });
export type OrganisationCreate = Static<typeof OrganisationCreate>;

export const OrganisationUpdate = object("OrganisationUpdate", {
  id: ignored(),
  name: label,
  createdAt: ignored(),
  updatedAt: ignored(),
});
export type OrganisationUpdate = Static<typeof OrganisationUpdate>;

export const OrganisationPage = object("OrganisationPage", { ...pageInfo, items: Type.Array(Organisation) });
export type OrganisationPage = Static<typeof OrganisationPage>;

import { Organisation, OrganisationCreate, OrganisationPage, OrganisationUpdate } from "../schemas/organisation.ts";
import { PageQuery } from "../schemas/page.ts";
import type { Operation } from "./operation.ts";

export const organisationOperations = {
  ListOrganisations: {
    method: "GET",
    path: "/organisations",
    tag: "Organisations",
    access: "signed-in",
    summary: "List my organisations",
    description: "Those that the person is a member of, or the one that the API key belongs to.",
    query: PageQuery,
    success: { status: 200, body: OrganisationPage },
  },
  CreateOrganisation: {
    method: "POST",
    path: "/organisations",
    tag: "Organisations",
    access: "signed-in",
    summary: "Create an organisation",
    description: "Whoever creates it is its owner. Only for people: 403 with an API key, which belongs to one organisation.",
    body: OrganisationCreate,
    success: { status: 201, body: Organisation },
  },
  GetOrganisation: {
    method: "GET",
    path: "/organisations/{organisation_id}",
    tag: "Organisations",
    access: "member",
    summary: "Read an organisation",
    description: "404 for everybody who does not belong to it.",
    success: { status: 200, body: Organisation },
  },
  UpdateOrganisation: {
    method: "PUT",
    path: "/organisations/{organisation_id}",
    tag: "Organisations",
    access: "organisation:admin",
    summary: "Rename an organisation",
    description: "Its id, and with it every address, stays.",
    body: OrganisationUpdate,
    success: { status: 200, body: Organisation },
  },
} as const satisfies Record<string, Operation>;

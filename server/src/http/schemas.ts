import { schemaAddress } from "@mooring/contract";
import type { FastifyInstance } from "fastify";
import { read, type SchemaPlace } from "../control/schemas.ts";

/** The schemas of definitions, for whoever has their address. */
export function registerSchemas(app: FastifyInstance, deps: Parameters<typeof read>[0]): void {
  app.get(schemaAddress.path.replaceAll(/\{(\w+)\}/g, ":$1"), async (request, reply) => {
    const { contentType, text, etag } = await read(deps, placeOf(request.params as Record<string, string>));
    reply.headers({ ...headers, etag });
    if (isKnown(request.headers["if-none-match"], etag)) return reply.code(304).send();
    return reply.type(`${contentType}; charset=utf-8`).send(text);
  });
}

const placeOf = ({ organisation_id: org = "", schema_key: schemaKey = "", definition_name: name = "" }): SchemaPlace => ({
  org,
  schemaKey,
  name,
});

const headers = {
  // No cookie and no key is looked at, so a page of any site learns no more than its author could.
  "access-control-allow-origin": "*",
  // A draft changes, so what is kept is asked for again each time.
  "cache-control": "no-cache",
  // Somebody else's XML, opened in a browser, is a document of this site: it may run nothing and load nothing here.
  "content-security-policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
};

/** Whether the reader has it already (RFC 9110, section 13.1.2). */
function isKnown(ifNoneMatch: string | undefined, etag: string): boolean {
  const known = (ifNoneMatch ?? "").split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return known.includes(etag) || known.includes("*");
}

import type { Message } from "@mooring/contract";

/** Every kind of thing that an import tells about: how grave it is, and the sentence for people. */
export const kinds = {
  // What had to be left out, so that some calls will not work as described.
  outside: error("References to other files and addresses are not followed; what they stand for is missing. Put everything into one file."),
  missing: error("References point to nothing; what they stand for is missing."),
  cyclic: error("References lead back to themselves and say nothing; they are left out."),
  brokenOperation: error("Operations are not written as OpenAPI says, or are too long; they are left out."),
  brokenParameter: error("Parameters are not written as OpenAPI says; they are left out."),
  brokenBody: error("Request bodies or responses are not written as OpenAPI says; they are left out."),
  tooMany: error("There are more parameters, responses or media types than one action can have; the rest is left out."),
  // What was changed or left out, where callers may notice.
  brokenSchema: warning("Schemas or keywords of them are not written as JSON Schema says; each such keyword is left out."),
  pattern: warning("Patterns use what Mooring's engine for regular expressions (RE2) cannot run; any text passes there."),
  schemaRefused: warning("Schemas are refused by Mooring's checks; the definition takes anything instead."),
  schemaDialect: warning("Schemas name another dialect than JSON Schema 2020-12; they are read as 2020-12."),
  referenceSiblings: warning("Keywords beside `$ref` have no meaning in OpenAPI 3.0 and are left out."),
  requiredOneWay: warning(
    "Properties that are read-only or write-only are required one way only; their definition requires them neither way.",
  ),
  objectParameter: warning(
    "Parameters that are objects can be carried over as one parameter for each plain property; the rest of them is left out.",
  ),
  writtenByCaller: warning("Parameters are written in a way that Mooring has no words for; callers give the text as it is to be sent."),
  parameterStyle: warning("Parameters have a style that Mooring has no words for; the usual style of their place is taken."),
  parameterSchema: warning("Schemas of parameters refer to themselves or are too large; only the type is carried over."),
  severalTypes: warning(
    "Parameters may be of several types; they are a list where one of these is a list, else a text, and their schema says no more.",
  ),
  parameterDefault: warning(
    "Default values do not fit their parameter, or hold `{{`, which would make them a template; they are left out.",
  ),
  pathParameters: warning("Parameters in a path are not declared, or declared ones are not in the path; the path decides."),
  pathFragment: warning("Paths hold a `#` or a query; the fragment is left out, and the query became parameters with a default."),
  sameParameter: warning("Parameters have the same place and name as another one; the first is kept."),
  statusRange: warning("Ranges of statuses, such as `4XX`, stand for their first status only, where that is not described itself."),
  localServers: warning("Servers of single paths or operations are left out: a connection has one base URL."),
  server: warning("Servers cannot be used as a base URL; set the variable that stands there."),
  serverVariables: warning("Variables of the server have no default; give them a value in each environment."),
  moreServers: info(
    "Only the first server became the base URL. To reach the others, put {{ env.name }} where they differ, and give each environment its own value.",
  ),
  bearer: info("A bearer token is sent in the header `Authorization` as the credential has it: write `Bearer ` before the token."),
  securityScheme: warning("Security schemes of these kinds have no auth scheme config; calls have to carry such a proof by themselves."),
  severalProofs: info(
    "Calls want several proofs together; give the environment a credential for each of them, in the order of the auth scheme configs.",
  ),
  ownSecurity: info("Operations want other proofs than the rest; an environment has one list of credentials for all calls."),
  noSecurity: info("The file names no security scheme; add an auth scheme config when calls need a proof."),
  nameChanged: info("Names were changed, to fit or to be unique."),
  noOperationId: info("Operations without an `operationId` are named after their method and path."),
  textCut: info("Texts are longer than Mooring keeps and were cut."),
  headersIgnored: info("Parameters for the headers Accept, Content-Type and Authorization are ignored, as OpenAPI says."),
  converted: info("The file was converted to OpenAPI 3.0 first; places are those in what came of it."),
  noPaths: warning("The file describes no operation and no webhook."),
  callbacks: warning("Callbacks are not carried over; what is written as a webhook becomes a trigger."),
  webhookParameter: warning(
    "Of parameters of webhooks, type and default are carried over and the rest of their schema is left out; a list is the text that comes.",
  ),
  webhookPlace: warning("Webhooks have servers or parameters in a path; where events come to is for Mooring to say."),
  webhookSecurity: info("Webhooks say how their sender proves who it is; give the environment such credentials for triggers."),
  links: info("Links between operations are not carried over."),
  responseHeaders: info("Headers of responses are not carried over."),
  encoding: warning("`encoding` of form properties is not carried over."),
  examples: info("Examples outside of schemas are not carried over."),
  documentation: info("Tags, terms, contacts, licences and links to documentation are not carried over."),
  deprecated: info("That operations or parameters are deprecated is not carried over."),
  allowReserved: warning("`allowReserved` and `allowEmptyValue` are not carried over: values are always encoded."),
  discriminator: info("Discriminators are not carried over; `oneOf` and `anyOf` still tell the schemas apart."),
  xml: warning("How a schema is written in XML is not carried over."),
  components: info("Components of these kinds are carried over where they are used only."),
  extensions: info("Extensions (`x-...`) are not carried over."),
  unknown: warning("Properties that OpenAPI does not have are not carried over."),
} as const satisfies Record<string, Pick<Message, "text" | "severity">>;

export type Kind = keyof typeof kinds;

function error(text: string) {
  return { severity: "error", text } as const;
}

function warning(text: string) {
  return { severity: "warning", text } as const;
}

function info(text: string) {
  return { severity: "info", text } as const;
}

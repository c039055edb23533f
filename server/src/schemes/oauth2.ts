import { setBearer } from "./bearer.ts";
import { configOf, type Scheme, takesNothing } from "./scheme.ts";

/** An access token of an authorization server (RFC 6749, RFC 6750). */
export const oauth2: Scheme = {
  about: {
    id: "01KASCHEME0000000000000004",
    type: "oauth2",
    name: "OAuth 2.0",
    description: "Sends an access token that an authorization server issues to the client or to a person's sign-in (RFC 6749).",
  },
  apply(proof, config, _secrets, accessToken) {
    configOf(config, "oauth2");
    setBearer(proof, accessToken);
  },
  verify: () => takesNothing("oauth2"),
};

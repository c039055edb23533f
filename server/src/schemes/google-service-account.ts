import { setBearer } from "./bearer.ts";
import { configOf, type Scheme, takesNothing } from "./scheme.ts";

/** An access token that Google issues to a service account. */
export const googleServiceAccount: Scheme = {
  about: {
    id: "01KASCHEME0000000000000005",
    type: "google-service-account",
    name: "Google service account",
    description: "Sends an access token that Google issues for the key file of a service account.",
  },
  apply(proof, config, _secrets, accessToken) {
    configOf(config, "google-service-account");
    setBearer(proof, accessToken);
  },
  verify: () => takesNothing("google-service-account"),
};

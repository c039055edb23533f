import { configOf, type Scheme, secretsOf } from "./scheme.ts";

/** A secret text in a header, query parameter or cookie. */
export const apiKey: Scheme = {
  about: {
    id: "01KASCHEME0000000000000002",
    type: "api-key",
    name: "API key",
    description: "Sends a secret text in a header, query parameter or cookie.",
  },
  apply(proof, config, secrets) {
    const { name, in: place } = configOf(config, "api-key");
    const value = secretsOf(secrets, "string").value.reveal();
    switch (place) {
      case "header":
        return proof.setHeader(name, value);
      case "query":
        return proof.setQuery(name, value);
      case "cookie":
        return proof.setCookie(name, value);
    }
  },
};

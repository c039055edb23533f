import type { Place } from "../domain/places.ts";
import { digestOf, failed, goodAt, isSameDigest, onlyValueAt, placeName, prepared } from "./check.ts";
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
  verify(config, held) {
    const { name, in: part } = configOf(config, "api-key");
    const place: Place = { in: part, name };
    const keys = prepared(held, (secrets) => keyDigests(place, secretsOf(secrets, "string").value.reveal()));
    return (incoming) => {
      const sent = onlyValueAt(incoming, place, "key");
      if ("fault" in sent) return failed(sent.fault);
      const digest = digestOf(Buffer.from(sent.value, part === "query" ? "utf8" : "latin1"));
      const passed = goodAt(keys, incoming.received.receivedAt).some((good) => good.some((one) => isSameDigest(one, digest)));
      const message = `${placeName(place)} holds ${passed ? "the key." : "another key than the credential."}`;
      return { passed, steps: [{ what: "key", passed, message }] };
    };
  },
};

/** What the key may come as. Bytes beyond ASCII in a header are no text by themselves: senders write them as Latin-1 or as UTF-8. */
function keyDigests({ in: part }: Place, key: string): readonly Buffer[] {
  // Whoever sends nothing would have it.
  if (key === "") return [];
  const asText = digestOf(Buffer.from(key, "utf8"));
  const isLatin1 = part !== "query" && Buffer.from(key, "latin1").toString("latin1") === key;
  return isLatin1 ? [digestOf(Buffer.from(key, "latin1")), asText] : [asText];
}

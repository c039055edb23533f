import { configOf, type Scheme } from "./scheme.ts";

/** The system asks for no proof. */
export const none: Scheme = {
  about: {
    id: "01KASCHEME0000000000000001",
    type: "none",
    name: "None",
    description: "Adds nothing: the system asks for no proof.",
  },
  apply() {},
  verify(config) {
    configOf(config, "none");
    return () => ({ passed: true, steps: [{ what: "none", passed: true, message: "Anybody may send: no proof is asked for." }] });
  },
};

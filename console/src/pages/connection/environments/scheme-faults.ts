/** The fields of a config that a form shows the faults of, as `Fault` leaves them out. */
export const pathsBelow = (path: string): string[] => fields.map((field) => `${path}.${field}`);

const fields = ["name", "in", "algorithm", "digestInputs", "signature", "authorizeUrl", "tokenUrl", "scopes"];

import type { ActionHTTPParameter } from "@mooring/contract";

/** How calls name each of the parameters, in their order: by its name, or as in `query.id` where that could mean another one too. */
export function parameterAddresses(parameters: readonly Pick<ActionHTTPParameter, "name" | "in">[]): string[] {
  const times = new Map<string, number>();
  for (const { name, in: place } of parameters)
    for (const text of new Set([name, `${place}.${name}`])) times.set(text, (times.get(text) ?? 0) + 1);
  return parameters.map(({ name, in: place }) => ((times.get(name) ?? 0) > 1 ? `${place}.${name}` : name));
}

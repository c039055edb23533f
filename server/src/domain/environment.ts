/** The name in kebab-case, for addresses and file names; `environment` when nothing of the name is left. */
export function slugOf(name: string): string {
  const words = name
    .normalize("NFKC")
    .replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, "$1 $2")
    .toLowerCase()
    .match(/[\p{L}\p{M}\p{N}]+/gu);
  return words?.join("-") ?? "environment";
}

/**
 * Whether an environment counts as production, whose secrets a developer may not touch: the name says so, because the
 * contract has no field for it. One of its words is prod, production or live.
 */
export function isProduction(name: string): boolean {
  return slugOf(name)
    .split("-")
    .some((word) => productionWords.has(word));
}

const productionWords = new Set(["prod", "production", "live"]);

/**
 * A media type (RFC 9110 section 8.3.1) in the one spelling in which two are compared: lower case, no spaces around `;` and `=`, values
 * of parameters as they are. Undefined for what is none.
 */
export function mediaTypeKey(text: string): string | undefined {
  const [type = "", ...parameters] = text.split(";").map((part) => part.trim());
  if (!/^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/.test(type)) return undefined;
  const pairs = parameters.filter((part) => part !== "").map((part) => /^([\w!#$&^.+-]+)\s*=\s*("[^"]*"|[^\s"]+)$/.exec(part));
  if (pairs.includes(null)) return undefined;
  return [type.toLowerCase(), ...pairs.map((pair) => `${pair?.[1]?.toLowerCase()}=${pair?.[2]}`)].join(";");
}

/** The type without its parameters. */
export const bareMediaType = (key: string): string => key.split(";", 1)[0] ?? key;

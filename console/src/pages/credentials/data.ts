import type { CredentialCreate, CredentialType } from "@mooring/contract";

/** What a kept secret reads as; sent back, it keeps what is stored. */
export const mask = "********";

/** Which fields of a kind are secret. */
const secretFields: Readonly<Record<CredentialType, readonly string[]>> = {
  none: [],
  string: ["value"],
  binary: ["valueBase64"],
  "basic-auth": ["password"],
  "oauth2-client": ["clientSecret"],
  "oauth2-token": ["clientSecret", "accessToken", "refreshToken"],
};

/** The fields of a credential's `data`, whichever its type. */
export type Data = Readonly<Record<string, unknown>>;

/** What a form says a credential holds. `stored` is what is there: a secret that was not typed stays as it is. */
export async function dataOf(type: CredentialType, form: FormData, stored?: Data): Promise<CredentialCreate["data"]> {
  const text = (name: string) => String(form.get(name) ?? "");
  const secret = (name: string) => text(name) || (stored?.[name] as string | undefined) || "";
  switch (type) {
    case "none":
      return {};
    case "string":
      return { value: secret("value") };
    case "binary":
      return { valueBase64: (await fileOf(form)) || secret("valueBase64") };
    case "basic-auth":
      return { username: text("username"), password: secret("password") };
    case "oauth2-client":
      return { ...clientOf() };
    case "oauth2-token":
      return { ...clientOf(), ...tokenOf("accessToken"), ...tokenOf("refreshToken") };
  }

  function clientOf() {
    const parameters = Object.fromEntries(new URLSearchParams(text("additionalParams")));
    return {
      clientId: text("clientId"),
      clientSecret: secret("clientSecret"),
      authorizeUrl: text("authorizeUrl"),
      tokenUrl: text("tokenUrl"),
      scopes: words(text("scopes")),
      ...(Object.keys(parameters).length > 0 ? { additionalParams: parameters } : {}),
    };
  }

  function tokenOf(name: "accessToken" | "refreshToken") {
    const value = secret(name);
    return value ? { [name]: value } : {};
  }
}

/** Whether a secret was typed or a file chosen. */
export function hasSecret(type: CredentialType, form: FormData): boolean {
  const file = form.get("file");
  return secretFields[type].some((name) => form.get(name)) || (file instanceof File && file.size > 0);
}

/** Words between blanks, as scopes are written (RFC 6749 section 3.3). */
export const words = (text: string) => text.split(/\s+/).filter((word) => word !== "");

async function fileOf(form: FormData): Promise<string> {
  const file = form.get("file");
  if (!(file instanceof File) || file.size === 0) return "";
  const bytes = new Uint8Array(await file.arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

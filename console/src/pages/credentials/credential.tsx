import { Page } from "../../frame/page.tsx";

/** Credential. */
export function OneCredential() {
  return <Page title="Credential">{null}</Page>;
}

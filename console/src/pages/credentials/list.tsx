import { Page } from "../../frame/page.tsx";

/** Credentials. */
export function Credentials() {
  return <Page title="Credentials">{null}</Page>;
}

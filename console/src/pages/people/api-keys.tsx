import { Page } from "../../frame/page.tsx";

/** API keys. */
export function ApiKeys() {
  return <Page title="API keys">{null}</Page>;
}

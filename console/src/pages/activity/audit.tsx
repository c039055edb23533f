import { Page } from "../../frame/page.tsx";

/** Audit. */
export function Audit() {
  return <Page title="Audit">{null}</Page>;
}

import { Page } from "../../frame/page.tsx";

/** Calls. */
export function Calls() {
  return <Page title="Calls">{null}</Page>;
}

import { Page } from "../../frame/page.tsx";

/** New connection. */
export function NewConnection() {
  return <Page title="New connection">{null}</Page>;
}

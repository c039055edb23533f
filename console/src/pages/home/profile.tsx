import { Page } from "../../frame/page.tsx";

/** Profile. */
export function Profile() {
  return <Page title="Profile">{null}</Page>;
}

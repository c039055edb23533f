import { Page } from "../../frame/page.tsx";

/** Members. */
export function Members() {
  return <Page title="Members">{null}</Page>;
}

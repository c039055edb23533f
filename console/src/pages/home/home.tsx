import { Page } from "../../frame/page.tsx";

/** Home. */
export function Home() {
  return <Page title="Home">{null}</Page>;
}

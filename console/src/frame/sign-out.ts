import { send } from "../api/client.ts";
import { forgetPicks } from "./palette/recent.ts";

/** Ends the session here, and opens the page to sign in. */
export async function signOut(): Promise<void> {
  await send("POST", "/auth/sign-out");
  forgetPicks();
  // A browser may keep the page as it stands, to show it at once should somebody go back: then with nothing on it, until it is read anew.
  addEventListener("pagehide", () => document.body.replaceChildren());
  addEventListener("pageshow", () => location.reload());
  // A fresh page: nothing of what was read stays in its memory.
  location.assign("/console/sign-in");
}

import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { send } from "../../api/client.ts";
import { type Person, sessionQuery } from "../../api/session.ts";

/** Signs in at `/auth/sign-in/link` or `/auth/sign-in/password`. Throws a `Refusal`. */
export const signIn = async (by: "link" | "password", proof: object) =>
  (await send<Person>("POST", `/auth/sign-in/${by}`, { json: proof })).body;

/** On to a page as the person who has just signed in. What somebody else read in this tab before is forgotten first. */
export function useArrival(): (person: Person, next: string) => void {
  const queries = useQueryClient();
  const { history } = useRouter();
  return (person, next) => {
    queries.clear();
    queries.setQueryData(sessionQuery.queryKey, person);
    // In the place of this page: back must not lead to a form that was done with.
    history.replace(`/console${next}`);
  };
}

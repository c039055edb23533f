import type { AnswerOf, OperationId } from "@mooring/contract";
import {
  infiniteQueryOptions,
  keepPreviousData,
  notifyManager,
  QueryClient,
  queryOptions,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { type Answer, call, type Given, type Options } from "./client.ts";
import { isConflict, Refusal } from "./problem.ts";

/** What the console remembers of the API's answers. What was refused is not asked again by itself; what did not arrive is, once. */
export function createQueries(): QueryClient {
  // Before the next click is heard, so that the second of a double click finds a button that is at work already.
  notifyManager.setScheduler(queueMicrotask);
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        retry: (count, error) => count < 1 && !(error instanceof Refusal && error.status >= 400 && error.status < 500),
      },
      // What was sent, and what is shown once, goes with the page that did it.
      mutations: { gcTime: 0 },
    },
  });
}

/** The query of one operation: `useQuery(queryOf("GetConnection", { params }))`. */
export function queryOf<Id extends OperationId>(id: Id, given: Given<Id>) {
  return queryOptions({ ...taggedQueryOf(id, given), select: bodyOf<AnswerOf<Id>> });
}

/** The same with the entity tag, `{ body, etag }`, for whoever changes it; both share one answer. */
export function taggedQueryOf<Id extends OperationId>(id: Id, given: Given<Id>) {
  return queryOptions({ queryKey: [id, given.params ?? {}, given.query ?? {}], queryFn: ({ signal }) => call(id, given, { signal }) });
}

const bodyOf = <Body>({ body }: Answer<Body>): Body => body;

/** A list that goes on: `useInfiniteQuery(listOf("ListCredentials", { params }))`. Pages of 100; while another search runs, the rows before stay. */
export function listOf<Id extends OperationId>(id: Id, given: Given<Id>) {
  return infiniteQueryOptions({
    queryKey: [id, "list", given.params ?? {}, given.query ?? {}],
    queryFn: async ({ pageParam, signal }) => {
      const paged = { ...given, query: { first: 100, ...given.query, after: pageParam } } as Given<Id>;
      return (await call(id, paged, { signal })).body as AnswerOf<Id>;
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => (last as { next?: string }).next,
    placeholderData: keepPreviousData,
  });
}

/**
 * A change: `const save = useChange("UpdateConnection")`, then `save.mutate({ params, body, ifMatch: etag })`. When it went well,
 * whatever is on the screen is read again.
 */
export function useChange<Id extends OperationId>(id: Id) {
  const queries = useQueryClient();
  return useMutation({
    mutationKey: [id],
    mutationFn: async ({ ifMatch, signal, ...given }: Given<Id> & Options) =>
      await call(id, given as unknown as Given<Id>, { ifMatch, signal }),
    onSuccess: () => void queries.invalidateQueries(),
    // What somebody else made of it meanwhile is what has to be compared with.
    onError: (error) => void (isConflict(error) && queries.invalidateQueries()),
  });
}

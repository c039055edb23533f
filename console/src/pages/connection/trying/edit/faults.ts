import { createContext, useContext } from "react";

/** What is wrong with an action, by the place in its body: `parameters[0].name`. */
export const FaultsContext = createContext<ReadonlyMap<string, string>>(new Map());

/** What is wrong at one place; undefined when nothing is. */
export const useFaultAt = (path: string) => useContext(FaultsContext).get(path);

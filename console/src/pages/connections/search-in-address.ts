import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import type { ConnectionSearch } from "./search.ts";

/** A pause after which somebody has typed what they look for. */
const pauseMs = 250;

/**
 * What the list shows, and a way to change it. It holds at once, and the address follows a little later: to change an address is work for
 * the whole page, which nobody who types should wait for.
 */
export function useSearchInAddress(): [ConnectionSearch, (next: ConnectionSearch) => void] {
  const inAddress = useSearch({ from: "/signed-in/o/$org/connections" });
  const navigate = useNavigate({ from: "/o/$org/connections" });
  const [search, show] = useState(inAddress);
  const written = useRef(inAddress);
  useEffect(() => {
    // Somebody went back, or took a link to the whole list.
    if (isSame(inAddress, written.current)) return;
    written.current = inAddress;
    show(inAddress);
  }, [inAddress]);
  useEffect(() => {
    if (isSame(search, written.current)) return;
    const timer = setTimeout(() => {
      written.current = search;
      void navigate({ search, replace: true });
    }, pauseMs);
    return () => clearTimeout(timer);
  }, [search, navigate]);
  return [search, show];
}

const isSame = (one: ConnectionSearch, other: ConnectionSearch) =>
  one.search === other.search && one.protocol === other.protocol && one.health === other.health && one.sort === other.sort;

import { useEffect, useState } from "react";

/**
 * The token after `#token=`, taken out of the address bar and the history at once: what stays there is seen over a shoulder. A second
 * link that is opened in the same tab changes only the fragment, and takes the place of the first. Undefined when there is none.
 */
export function useToken(): { readonly token: string | undefined; readonly forget: () => void } {
  const [token, setToken] = useState(tokenInAddress);
  useEffect(() => {
    const take = () => {
      const found = tokenInAddress();
      if (found === undefined) return;
      setToken(found);
      history.replaceState(history.state, "", location.pathname + location.search);
    };
    take();
    addEventListener("hashchange", take);
    return () => removeEventListener("hashchange", take);
  }, []);
  return { token, forget: () => setToken(undefined) };
}

const tokenInAddress = () => new URLSearchParams(location.hash.slice(1)).get("token") ?? undefined;

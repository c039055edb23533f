import type { CredentialDataOAuth2Token, InitialiseOAuth2ConnectionRequest } from "@mooring/contract";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { call } from "../../api/client.ts";
import { messageOf } from "../../api/problem.ts";

/** Where a sign-in at an outside system stands. */
export type SignIn =
  | { readonly stage: "idle" }
  | { readonly stage: "starting" }
  /** `link` is there when the browser would not open a window. */
  | { readonly stage: "waiting"; readonly state: string; readonly link: string | undefined; readonly before: string }
  | { readonly stage: "connected" }
  | { readonly stage: "failed"; readonly message: string };

/** How the person is asked, beside what the credential says. */
export interface SignInOptions {
  readonly prompt?: string | undefined;
  readonly disableOfflineAccess?: boolean | undefined;
  readonly additionalParams?: string | undefined;
}

interface Target {
  readonly org: string;
  readonly connection: string;
  readonly credential: string;
}

/**
 * Signing in at an outside system in a window of its own. `start` belongs into the handler of a click: only there may a page open one.
 * Its end is heard on a channel of this origin, and seen at the credential when the window was closed by hand or the message was lost.
 */
export function useSignIn({ org, connection, credential }: Target) {
  const queries = useQueryClient();
  const [signIn, setSignIn] = useState<SignIn>({ stage: "idle" });
  const { stage } = signIn;
  const state = stage === "waiting" ? signIn.state : undefined;
  const before = stage === "waiting" ? signIn.before : undefined;

  useEffect(() => {
    if (state === undefined) return;
    const channel = new BroadcastChannel("mooring-oauth2");
    channel.onmessage = ({ data }: MessageEvent<Ended>) => {
      if (data.state === undefined || data.state === null || data.state === state) end(data);
    };
    const asking = setInterval(async () => {
      const seen = await fingerprint(org, credential).catch(() => undefined);
      if (seen?.isConnected && seen.text !== before) end({ outcome: "connected", message: "" });
    }, 2_000);
    const over = setTimeout(() => end({ outcome: "failed", message: "Nobody signed in within 10 minutes. Begin again." }), 600_000);
    return () => {
      channel.close();
      clearInterval(asking);
      clearTimeout(over);
    };

    function end({ outcome, message }: Ended) {
      setSignIn(outcome === "connected" ? { stage: "connected" } : { stage: "failed", message });
      void queries.invalidateQueries();
    }
  }, [state, before, org, credential, queries]);

  return { signIn, start, cancel: () => setSignIn({ stage: "idle" }) };

  async function start(options: SignInOptions): Promise<void> {
    const popup = window.open("about:blank", "_blank", "popup,width=560,height=760");
    setSignIn({ stage: "starting" });
    try {
      const [{ text }, url] = await Promise.all([fingerprint(org, credential), begin({ org, connection, credential }, options)]);
      if (popup) popup.location.href = url;
      const { searchParams } = new URL(url);
      setSignIn({ stage: "waiting", state: searchParams.get("state") ?? "", link: popup ? undefined : url, before: text });
    } catch (error) {
      popup?.close();
      setSignIn({ stage: "failed", message: messageOf(error) });
    }
  }
}

interface Ended {
  readonly outcome: string;
  readonly message: string;
  readonly state?: string | null;
}

async function begin({ org, connection, credential: id }: Target, options: SignInOptions): Promise<string> {
  const { body: credential } = await call("GetCredential", { params: { organisation_id: org, credential_id: id } });
  const { authorizeUrl, clientId } = credential.data as CredentialDataOAuth2Token;
  const body = { credential: { id, organisationId: org }, authorizeUrl, clientId, ...options } as InitialiseOAuth2ConnectionRequest;
  return (await call("InitialiseOAuth2Connection", { params: { organisation_id: org, connection_id: connection }, body })).body.url;
}

/** What changes at a credential when somebody has signed in. */
async function fingerprint(org: string, id: string): Promise<{ text: string; isConnected: boolean }> {
  const { body } = await call("GetCredential", { params: { organisation_id: org, credential_id: id } });
  const { token, errors } = body;
  return { text: JSON.stringify([token, errors]), isConnected: token?.state === "ok" || token?.state === "expiring" };
}

/** What a server is known to want; else what OpenID Connect asks for (Core 1.0 section 11): consent, where a refresh token is wanted. */
export function optionsFor(authorizeUrl: string): SignInOptions {
  const host = URL.canParse(authorizeUrl) ? new URL(authorizeUrl).hostname : "";
  if (isAt(host, "google.com")) return { disableOfflineAccess: true, additionalParams: "access_type=offline", prompt: "consent" };
  if (isAt(host, "github.com") || isAt(host, "slack.com")) return { disableOfflineAccess: true };
  return { prompt: "consent" };
}

const isAt = (host: string, domain: string) => host === domain || host.endsWith(`.${domain}`);

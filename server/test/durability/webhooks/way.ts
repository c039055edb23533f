import { createHmac } from "node:crypto";
import type { Actor } from "../../harness/actors.ts";
import type { Client } from "../../harness/client.ts";
import { newTrigger } from "../../harness/content.ts";
import { hmacScheme, smallConnection } from "../../harness/samples.ts";

/** A way that events take: a trigger that they come in at, subscriptions that they go out by. */
export interface Way {
  readonly connectionId: string;
  /** Where they are sent. */
  readonly path: string;
  /** What signs one: the header it goes into, and the digest of the body in it. */
  sign(body: string): Readonly<Record<string, string>>;
  /** The subscription that is read; undefined where there is none. */
  readonly reading: string | undefined;
  /** What events are signed with for the destination. */
  readonly key: string;
}

export interface WayOptions {
  readonly actor: Actor;
  /** Where events are delivered. */
  readonly to: string;
  /** Whether they are to be read as well. */
  readonly isRead?: true;
}

/** Makes a published connection with a trigger that wants signatures, and what its events go out by. */
export async function createWay(client: Client, { actor, to, isRead }: WayOptions): Promise<Way> {
  const secret = "signed by the sender of the events";
  const hook = { authSchemeConfig: hmacScheme, credential: { name: "hook", type: "string", data: { value: secret } } } as const;
  const environments = [{ name: "dev", credentials: { action: [], trigger: [hook] }, variables: [] }];
  const { body: connection } = await client.must(actor, "CreateHTTPConnection", {
    body: { ...smallConnection({ baseUrl: "https://example.com", environments }), name: "calls back" },
  });
  const params = { connection_id: connection.id };
  const trigger = newTrigger({ name: "happened", parameters: [], responses: [] });
  await client.must(actor, "CreateTrigger", { params: { ...params, version: "1" }, body: trigger });
  await client.must(actor, "PublishConnection", { params: { ...params, version: "1" } });
  const posted = await client.must(actor, "CreateSubscription", { params, body: { name: "posted", destination: { url: to } } });
  const read = isRead && (await client.must(actor, "CreateSubscription", { params, body: { name: "read" } }));
  return {
    connectionId: connection.id,
    path: `/o/${actor.org}/connections/${connection.id}/environments/dev/triggers/happened`,
    sign: (body) => ({ "x-signature": createHmac("sha256", secret).update(body).digest("hex") }),
    reading: read?.body.id,
    key: posted.body.key ?? "",
  };
}

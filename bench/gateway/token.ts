import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Row } from "../figures.ts";
import { apiKey, type Program } from "../place.ts";
import { apiKeyProof, callersOf, connect, type Proof, type Rig, withRig } from "./rig.ts";
import { ratesInTurns, ratioOf, text } from "./turns.ts";

/** Calls per second with an OAuth 2.0 token that is still good, beside an API key in a header, through the same program. */
export const benchToken = (): Promise<Row[]> =>
  withRig(async (rig) => {
    const program = await rig.program();
    const tokens = await startTokenServer(rig);
    const [withKey = "", withToken = ""] = await connect(program, rig.upstream.origin, [apiKeyProof, proofBy(tokens.url)]);
    await requireGood(program, withToken);
    const sideOf = (proxy: string) => callersOf(rig, { port: program.port, paths: [`${proxy}/orders?page=2`], pids: [program.pid] });
    const [byKey = [], byToken = []] = await ratesInTurns([await sideOf(withKey), await sideOf(withToken)]);
    const { ratio, cpuRatio } = ratioOf(byToken, byKey);
    if (tokens.asked() !== 1) throw new Error(`The token was asked for ${tokens.asked()} times.`);
    const behind = `64 callers: ${text(byToken)}; api-key header ${text(byKey)}; by processor time ${cpuRatio.toFixed(2)}; 1 token request`;
    return [
      {
        what: "Gateway, OAuth 2.0 token still good, beside api-key header",
        bar: { kind: "at least", limit: 0.95, unit: "" },
        value: ratio,
        behind,
      },
    ];
  });

const proofBy = (tokenUrl: string): Proof => {
  const endpoints = { authorizeUrl: tokenUrl, tokenUrl };
  return {
    authSchemeConfig: { schemeType: "oauth2", ...endpoints, scopes: [], flows: { clientCredentials: {} } },
    credential: { name: "app", type: "oauth2-client", data: { clientId: "bench", clientSecret: "a secret of the bench", ...endpoints } },
  };
};

/** Gives a token for a day to whoever asks. */
async function startTokenServer({ defer }: Rig): Promise<{ url: string; asked(): number }> {
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    request.resume().on("end", () => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ access_token: "a-token-of-the-bench", token_type: "Bearer", expires_in: 86_400 }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  defer(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`, asked: () => asked };
}

/** So that a refusal is read by whoever runs the bench, and not by the callers. */
async function requireGood({ port }: Program, proxy: string): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}${proxy}/`, { headers: { authorization: `Bearer ${apiKey}` } });
  const answer = await response.text();
  if (response.status !== 200) throw new Error(`A call with a token answered ${response.status}: ${answer}`);
}

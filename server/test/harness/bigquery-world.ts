import { generateKeyPairSync } from "node:crypto";
import type { ActionBigQueryCreate, BigQueryConnection, BigQueryConnectionCreate } from "@mooring/contract";
import { type BigQuery, startBigQuery } from "./bigquery.ts";
import { canaryKey } from "./canary.ts";
import { googleScheme } from "./samples.ts";
import type { Beside, World } from "./world.ts";

/** A stand-in for BigQuery beside a world, which asks it for its tokens too. */
export async function besideBigQuery(): Promise<Beside & { readonly bigQuery: BigQuery }> {
  const bigQuery = await startBigQuery();
  bigQuery.token = canaryKey("token");
  const settings = {
    MOORING_BIGQUERY_URL: bigQuery.url,
    MOORING_GOOGLE_TOKEN_URL: bigQuery.tokenUrl,
    MOORING_EGRESS_ALLOW: "127.0.0.0/8",
    MOORING_BIGQUERY_BYTES_BILLED_MAX: "5000000",
  };
  return { settings, bigQuery, close: bigQuery.close };
}

const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});

/** The key file of a service account in the project `acme`. */
const keyFile = () => {
  const file = {
    type: "service_account",
    project_id: "acme",
    client_email: "robot@acme.example",
    private_key: privateKey,
    note: canaryKey("file"),
  };
  return Buffer.from(JSON.stringify(file)).toString("base64");
};

/** A connection to BigQuery, with a service account in its environment `dev`. */
export async function createBigQueryConnection(world: World, changes: Partial<BigQueryConnectionCreate> = {}): Promise<BigQueryConnection> {
  const credential = { name: "robot", type: "binary", data: { valueBase64: keyFile() } } as const;
  const body: BigQueryConnectionCreate = {
    name: "Warehouse",
    datasetId: "acme.sales",
    authSchemeConfigs: [googleScheme],
    environments: [{ name: "dev", credentials: { action: [{ authSchemeConfig: googleScheme, credential }] }, variables: [] }],
    ...changes,
  };
  const { body: created } = await world.must(await world.as("key"), "CreateBigQueryConnection", { body });
  return created as BigQueryConnection;
}

/** A query without faults. */
export const newQuery = (changes: Partial<ActionBigQueryCreate> = {}): ActionBigQueryCreate => ({
  type: "bigquery",
  name: "ordersOf",
  query: "SELECT n AS id, @customer AS customer FROM UNNEST(GENERATE_ARRAY(1, @count)) AS n ORDER BY n",
  parameters: [
    { name: "customer", required: true, type: "STRING" },
    { name: "count", required: false, type: "INT64", default: 3 },
  ],
  ...changes,
});

import { expect, test } from "vitest";
import type { HTTPAction } from "../harness/content.ts";
import { importForm } from "../harness/forms.ts";
import { createSubscription, type HTTPConnection } from "../harness/samples.ts";
import { loopback, onEachEngine } from "../harness/world.ts";
import { type ApiFile, call, exampleAt, importNew, placesOf, useEnvironment } from "./importing.ts";
import { type OutsideSystem, startOutsideSystem } from "./outside.ts";

let petstore: OutsideSystem;
const beside = async () => {
  petstore = await startOutsideSystem();
  return { settings: loopback, close: petstore.close };
};

/** The file as its makers publish it, but for the address. */
const published = () => exampleAt("3.0/json/petstore.json", `${petstore.url}/v2`);

/** Their next release: an order needs the pet, the inventory is gone, a clearance is new. */
function nextRelease(): ApiFile {
  const file = published();
  file.components.schemas.Order.required = ["petId"];
  file.paths["/store/clearance"] = { post: { operationId: "clearStore", responses: { 204: { description: "All is sold." } } } };
  delete file.paths["/store/inventory"];
  return file;
}

// One story from the file of another company to calls that nothing can break: each test goes on where the one before it ended.
onEachEngine(
  "a pet shop's API",
  (world) => {
    let connection: HTTPConnection;
    let secret: string;
    const version = (name: string) => ({ connection_id: connection.id, version: name });
    const live = (query = "") => ({ connection: connection.id, environment: "live", query });
    const theAction = async (of: string, name: string) =>
      (await world.must(await world.as("key"), "GetAction", { params: { ...version(of), action_name: name } })).body as HTTPAction;

    test("is imported: a connection with a draft of all that the file describes, and what it could not take", async () => {
      const { connection: made, actions, definitions, messages } = await importNew(world, published());
      connection = made as HTTPConnection;
      expect(connection).toMatchObject({ name: "Swagger Petstore", baseUrl: `${petstore.url}/v2` });
      expect(connection.authSchemeConfigs).toEqual([{ schemeType: "api-key", name: "api_key", in: "header" }]);
      expect(actions).toHaveLength(20);
      expect(definitions.map(({ name }) => name)).toEqual(expect.arrayContaining(["Category", "Order", "Pet", "Tag", "User"]));
      const lost = messages.find(({ detail }) => detail?.includes("/components/securitySchemes/petstore_auth/flows/implicit"));
      expect(lost).toMatchObject({ severity: "warning" });
    });

    test("has actions to look at, whose schemas are at public addresses that lead to each other", async () => {
      const { body } = await world.must(await world.as("viewer"), "GetActions", { params: version("1"), query: { first: 100 } });
      expect(body.actions.map(({ name }) => name).slice(0, 3)).toEqual(["addPet", "updatePet", "findPetsByStatus"]);
      const addPet = await theAction("1", "addPet");
      expect(addPet).toMatchObject({ method: "POST", path: "/pet", requestBody: { required: true } });
      expect(addPet.errors).toBeUndefined();
      const pet = JSON.parse((await world.raw(addPet.requestBody?.definitions[0]?.definition.url ?? "")).text);
      expect(pet).toMatchObject({ required: ["name", "photoUrls"], properties: { status: { enum: ["available", "pending", "sold"] } } });
      const category = await world.raw(pet.properties.category.$ref);
      expect(JSON.parse(category.text)).toMatchObject({ properties: { name: { type: "string" } } });
    });

    test("gets an environment with a key, and a call is explained without being made", async () => {
      secret = await useEnvironment(world, connection, "live", { schemeType: "api-key", name: "api_key", in: "header" });
      const { body } = await call(world, "explain", live("?version=1"), "findPetsByStatus", {
        parameters: { status: ["sold", "pending"] },
      });
      expect(body).toMatchObject({
        wouldSend: true,
        request: { method: "GET", url: `${petstore.url}/v2/pet/findByStatus?status=sold&status=pending` },
        steps: [{ scheme: "api-key", sets: [{ in: "header", name: "api_key" }] }],
      });
      expect(body.request.headers).toContainEqual({ name: "api_key", value: "********" });
      expect(petstore.taken()).toEqual([]);
    });

    test("is spared a call that cannot be right, whose every fault is told at once", async () => {
      const input = { parameters: { petId: 7 }, body: { petId: "seven", quantity: 1.5, status: "lost", shipDate: "soon" } };
      for (const kind of ["invoke", "explain"] as const) {
        const refused = await call(world, kind, live("?version=1"), "placeOrder", input);
        const faults = kind === "invoke" ? refused : { ...refused, body: refused.body.problem };
        expect([refused.status, faults.body.code]).toEqual([kind === "invoke" ? 400 : 200, "invalid_request"]);
        expect(placesOf(faults)).toEqual(["body.petId", "body.quantity", "body.shipDate", "body.status", "parameters.petId"]);
      }
      expect(petstore.taken()).toEqual([]);
    });

    test("is called with input that fits, and its answer is held against what the file says", async () => {
      const order = { petId: 7, quantity: 1, status: "placed" };
      petstore.answerWith(200, { id: 1, ...order });
      const right = await call(world, "invoke", live("?version=1&validate=response"), "placeOrder", { body: order });
      expect([right.status, right.body]).toEqual([200, { id: 1, ...order }]);
      expect(right.headers.get("mooring-response-valid")).toBe("true");
      const [arrived] = petstore.taken();
      expect(arrived).toMatchObject({ method: "POST", path: "/v2/store/order", query: "", body: JSON.stringify(order) });
      expect(arrived?.headers).toMatchObject({ api_key: Buffer.from(secret).toString("latin1"), "content-type": "application/json" });
      petstore.answerWith(200, { id: "one", status: "eaten" });
      const wrong = await call(world, "invoke", live("?version=1&validate=response"), "placeOrder", { body: order });
      expect([wrong.status, wrong.body]).toEqual([200, { id: "one", status: "eaten" }]);
      expect(wrong.headers.get("mooring-response-valid")).toBe("false");
      const faults = JSON.parse(wrong.headers.get("mooring-response-faults") ?? "[]");
      expect(placesOf({ ...wrong, body: { fields: faults } })).toEqual(["body.id", "body.status"]);
      petstore.taken();
    });

    test("is changed while it is a draft, which the next call knows, and is published only without faults", async () => {
      const key = await world.as("key");
      const params = { ...version("1"), action_name: "placeOrder" };
      const action = await theAction("1", "placeOrder");
      const priority = { name: "priority", in: "query", required: true, type: "integer", schema: { maximum: 9 } } as const;
      const broken = { ...action, path: "/store/order/{{ param.nothing }}" };
      await world.must(key, "UpdateAction", { params, body: broken });
      const refused = await world.send(key, "PublishConnection", { params: version("1") });
      expect([refused.status, refused.text.includes("placeOrder")]).toEqual([400, true]);
      await world.must(key, "UpdateAction", { params, body: { ...action, parameters: [priority] } });
      expect(placesOf(await call(world, "invoke", live("?version=1"), "placeOrder", { body: {} }))).toEqual(["parameters.priority"]);
      await world.must(key, "PublishConnection", { params: version("1") });
      await call(world, "invoke", live(), "placeOrder", { parameters: { priority: 9 }, body: {} });
      expect(petstore.taken()).toMatchObject([{ path: "/v2/store/order", query: "priority=9", body: "{}" }]);
    });

    test("cannot change or go under those who subscribed to it", async () => {
      const key = await world.as("key");
      await createSubscription(world, connection.id, { name: "billing", environment: "live" });
      const params = { ...version("1"), action_name: "placeOrder" };
      const body = await theAction("1", "placeOrder");
      expect((await world.send(key, "UpdateAction", { params, body: { ...body, path: "/x" } })).error.code).toBe("version_published");
      expect((await world.send(key, "DeleteAction", { params })).error.code).toBe("version_published");
      for (const operation of ["UnpublishConnection", "DeleteConnectionVersion"] as const) {
        const answer = await world.send(key, operation, { params: version("1") });
        expect([answer.status, answer.error.code]).toEqual([409, "in_use"]);
      }
      expect((await world.send(key, "DeleteConnection", { params: { connection_id: connection.id } })).status).toBe(409);
    });

    test("comes in a new release: a draft beside what is in use, and a report of what it breaks", async () => {
      const sent = importForm(nextRelease(), { format: "openapi", connection: connection.id, compareWith: "1" });
      const { body } = await world.must(await world.as("key"), "ImportHTTPConnection", sent);
      expect(body.version).toMatchObject({ name: "2", publishedAt: null });
      expect(body.diff).toMatchObject({ from: "1", to: "2", breaks: true });
      expect(body.diff?.removed).toContainEqual({ type: "action", name: "getInventory", breaks: true });
      expect(body.diff?.added).toContainEqual({ type: "action", name: "clearStore", breaks: false });
      const order = body.diff?.changed.find(({ name }) => name === "Order");
      expect(order).toMatchObject({ type: "definition", breaks: true });
      // Whoever calls the default is where they were.
      await call(world, "invoke", live(), "placeOrder", { parameters: { priority: 1 }, body: {} });
      expect(petstore.taken()).toHaveLength(1);
      expect(placesOf(await call(world, "invoke", live("?version=2"), "placeOrder", { body: {} }))).toEqual(["body.petId"]);
    });

    test("is copied whole, and the copy differs in what is changed then alone", async () => {
      const key = await world.as("key");
      const params = { connection_id: connection.id };
      await world.must(key, "CreateConnectionVersion", { params, body: { name: "3", fromVersion: "1" } });
      const compared = { ...version("1"), other_version: "3" };
      const nothing = { from: "1", to: "3", breaks: false, added: [], removed: [], changed: [] };
      expect((await world.must(key, "DiffConnectionVersions", { params: compared })).body).toEqual(nothing);
      const action = await theAction("3", "placeOrder");
      await world.must(key, "UpdateAction", {
        params: { ...version("3"), action_name: "placeOrder" },
        body: { ...action, name: "order", parameters: [] },
      });
      const { body } = await world.must(key, "DiffConnectionVersions", { params: compared });
      expect(body).toMatchObject({ added: [], removed: [], changed: [{ type: "action", name: "order", breaks: true }] });
    });

    test("is given to programs as TypeScript, and to others as OpenAPI", async () => {
      const key = await world.as("key");
      const types = (await world.must(key, "GetConnectionVersionTypes", { params: version("1") })).text;
      expect(types).toMatch(/"placeOrder": \{\s+parameters: \{\s+"priority": number;\s+\};\s+body: Order;/);
      const { body } = await world.must(key, "GetConnectionVersionOpenAPI", { params: version("1") });
      const again = await importNew(world, body);
      const names = (of: { actions: readonly { name: string }[] }) => of.actions.map(({ name }) => name).sort();
      const whole = await world.must(key, "GetActions", { params: version("1"), query: { first: 100 } });
      expect(names(again)).toEqual(names(whole.body));
      expect(again.connection).toMatchObject({ baseUrl: connection.baseUrl, authSchemeConfigs: connection.authSchemeConfigs });
    });
  },
  { beside },
);

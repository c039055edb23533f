import type { SearchItem } from "@mooring/contract";
import { beforeAll, describe, expect, test } from "vitest";
import { search } from "../../src/control/search.ts";
import type { OrganisationId, UserId } from "../../src/kernel/ids.ts";
import { newAction } from "../harness/content.ts";
import { at, createConnection, smallConnection } from "../harness/samples.ts";
import { onEachEngine } from "../harness/world.ts";

/** What was found, in a word: an action as the connection's name and its own. */
const shown = (items: readonly SearchItem[]) =>
  items.map((item) => (item.kind === "connection" ? item.connection.name : `${item.connection.name}: ${item.name} ${item.version}`));

onEachEngine("search", (world) => {
  const find = async (text: string, { first, as = "key" }: { first?: number; as?: "key" | "strangerKey" } = {}) => {
    const query = { text, ...(first === undefined ? {} : { first }) };
    return shown((await world.must(await world.as(as), "Search", { query })).body.items);
  };
  const ids: Record<string, string> = {};

  beforeAll(async () => {
    const key = await world.as("key");
    const addresses = {
      "Invoice desk": "https://desk.example.com",
      "Pre-invoice": "https://pre.example.com",
      invoice: "https://plain.example.com",
      Reinvoicer: "https://re.example.com",
      Elsewhere: "https://api.example.com/Invoices",
      "Übergrößen 100%_x\\y": "https://sizes.example.com",
    };
    for (const [name, baseUrl] of Object.entries(addresses)) {
      ids[name] = (await createConnection(world, smallConnection({ name, baseUrl }))).id;
    }
    const shop = await createConnection(world, smallConnection({ name: "Shop" }));
    ids.Shop = shop.id;
    const params = { connection_id: shop.id, version: "1" };
    const actions = [
      { name: "listInvoices", path: "/bills", summary: "All of them." },
      { name: "pay", path: "/invoices/{{ param.shop }}/pay", summary: "Pays one." },
      { name: "remind", path: "/letters", summary: "Reminds of an invoice that is due." },
    ];
    for (const action of actions)
      await world.must(key, "CreateAction", {
        params,
        body: newAction({ parameters: [], ...action, path: action.path.replace("{{ param.shop }}", "1") }),
      });
  });

  test("finds an action whose document has a NUL and half a character in it, and a backslash before what looks like one", async () => {
    const properties = { "a\u0000b": {}, "a\ud800b": {}, "a\\u0000b": {}, "a\\\u0000": {} };
    const parameters = [{ name: "q", in: "query", required: false, type: "string", schema: { properties } } as const];
    const params = { connection_id: ids.Shop ?? "", version: "1" };
    await world.must(await world.as("key"), "CreateAction", { params, body: newAction({ name: "odd", path: "/oddities", parameters }) });
    expect(await find("oddities")).toEqual(["Shop: odd 1"]);
  });

  test("puts the name that is the text first, then names that begin with it, words that do, and the rest; connections before actions", async () => {
    expect(await find("INVOICE")).toEqual([
      "invoice",
      "Invoice desk",
      "Pre-invoice",
      "Shop: listInvoices 1",
      "Reinvoicer",
      "Elsewhere",
      "Shop: pay 1",
      "Shop: remind 1",
    ]);
    expect(await find("invoice", { first: 2 })).toEqual(["invoice", "Invoice desk"]);
  });

  test("wants every word, in whatever order, and finds by summary and path", async () => {
    expect(await find("due reminds")).toEqual(["Shop: remind 1"]);
    expect(await find(" pay   /invoices ")).toEqual(["Shop: pay 1"]);
    expect(await find("due letters pays")).toEqual([]);
    const { items } = (await world.must(await world.as("key"), "Search", { query: { text: "pays" } })).body;
    expect(items).toEqual([
      {
        kind: "action",
        connection: { id: ids.Shop, name: "Shop", protocol: "http" },
        version: "1",
        name: "pay",
        summary: "Pays one.",
        method: "POST",
        path: "/invoices/1/pay",
      },
    ]);
  });

  test.each(["übergrößen", "ÜBERGRÖßEN", "Übergrößen", "100%_x\\y", "%_"])("takes %s for what it is, in any case", async (text) => {
    expect(await find(text)).toEqual(["Übergrößen 100%_x\\y"]);
  });

  test.each(["'", '"', "%", "_", "\\", "')--", "\u{1F6A2}", "x".repeat(200), "a b c d e f g h i j"])(
    "finds nothing for %j",
    async (text) => {
      expect((await find(text)).filter((name) => !name.startsWith("Übergrößen"))).toEqual([]);
    },
  );

  describe("looks at one version of a connection", () => {
    test("the newest draft, the latest once one is published, the default one once that is chosen", async () => {
      const key = await world.as("key");
      const { id } = await createConnection(world, smallConnection({ name: "Versions" }));
      const params = (version: string) => ({ params: { connection_id: id, version } });
      const add = (version: string, name: string) =>
        world.must(key, "CreateAction", { ...params(version), body: newAction({ name, parameters: [], path: "/" }) });
      const draft = (name: string) => world.must(key, "CreateConnectionVersion", { params: { connection_id: id }, body: { name } });
      await add("1", "quayOne");
      expect(await find("quay")).toEqual(["Versions: quayOne 1"]);
      await draft("2");
      await add("2", "quayTwo");
      expect(await find("quay")).toEqual(["Versions: quayTwo 2"]);
      await world.must(key, "PublishConnection", params("1"));
      expect(await find("quay")).toEqual(["Versions: quayOne 1"]);
      await world.must(key, "PublishConnection", params("2"));
      expect(await find("quay")).toEqual(["Versions: quayTwo 2"]);
      const one = (await world.must(key, "GetConnectionVersion", params("1"))).body;
      await world.must(key, "UpdateConnectionVersion", { ...params("1"), body: { ...one, isDefault: true } });
      expect(await find("quay")).toEqual(["Versions: quayOne 1"]);
      await draft("3");
      expect(await find("quay")).toEqual(["Versions: quayOne 1"]);
    });
  });

  test("shows a limited key what is within its limits, and another organisation nothing (T-1)", async () => {
    const everything = { scopes: ["connections:read" as const] };
    const invoice = await world.keyWith({ ...everything, connections: [ids.invoice ?? ""] });
    expect(shown((await world.must(invoice, "Search", { query: { text: "invoice" } })).body.items)).toEqual(["invoice"]);
    const { environments } = (await world.must(await world.as("key"), "GetConnection", { params: { connection_id: ids.Shop ?? "" } })).body;
    const shop = await world.keyWith({ ...everything, environments: [at(environments, 0).id] });
    const found = shown((await world.must(shop, "Search", { query: { text: "invoice" } })).body.items);
    expect(found).toEqual(["Shop: listInvoices 1", "Shop: pay 1", "Shop: remind 1"]);
    expect(await find("invoice", { as: "strangerKey" })).toEqual([]);
  });

  test("looks at no more than its bounds, what changed last first", async () => {
    const { org } = await world.as("key");
    const actor = {
      kind: "person",
      id: "x" as UserId,
      org: org as OrganisationId,
      scopes: new Set<never>(),
      mayChangeProductionSecrets: false,
    } as const;
    const within = async (connections: number, versions: number, actions: number) => {
      const deps = { db: world.mooring.db, clock: world.clock, newId: world.newId as never, bounds: { connections, versions, actions } };
      return (await search(deps, { actor, requestId: "r" }, { text: "e", first: 50 })).items;
    };
    await createConnection(world, smallConnection({ name: "The newest of all" }));
    const kinds = (items: SearchItem[], kind: SearchItem["kind"]) => items.filter((item) => item.kind === kind).length;
    expect(shown(await within(1, 100, 0))).toEqual(["The newest of all"]);
    expect(kinds(await within(1, 100, 1), "action")).toBe(1);
    expect(kinds(await within(1, 1, 100), "action")).toBeLessThanOrEqual(3);
    expect(kinds(await within(3, 100, 100), "connection")).toBe(3);
  });
});

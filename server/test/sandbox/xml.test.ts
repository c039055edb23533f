import { afterAll, describe, expect, it } from "vitest";
import { createSandbox } from "../../src/sandbox/sandbox.ts";
import { given, org, urlPrefix } from "./schemas.ts";

const sandbox = createSandbox();
afterAll(() => sandbox.close());

const xsd = (inside: string) => `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">${inside}</xs:schema>`;
const order = xsd(`<xs:element name="order"><xs:complexType><xs:sequence>
<xs:element name="id" type="xs:int"/><xs:element name="state"><xs:simpleType><xs:restriction base="xs:string">
<xs:enumeration value="open"/><xs:maxLength value="4"/></xs:restriction></xs:simpleType></xs:element></xs:sequence>
<xs:attribute name="by" type="xs:date" use="required"/></xs:complexType></xs:element>`);

const check = async (content: string) =>
  (await sandbox.checkSchemas(org, { schemas: [given("A", content, "text/xml; charset=utf-8")], known: [], urlPrefix }))[0];
const hold = (xml: string | Uint8Array, key = "order", schema = order) => sandbox.validateXml({ org, key, load: () => schema, xml });

describe("An XML Schema", () => {
  it("is stored as it is", async () => {
    expect(await check(order)).toEqual({ content: order, uses: [], faults: [] });
  });

  it.each([
    ["no XML", "<xs:schema", /^Line 1: /],
    ["no schema", "<a/>", /has no document element|not a schema document/],
    ["a type that nothing has", xsd('<xs:element name="a" type="xs:none"/>'), /Line 1: /],
    ["a DTD", `<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>${order}`, /no DTD/],
    ["an include", xsd('<xs:include schemaLocation="file:///etc/passwd"/>'), /include would read another file/],
    [
      "an import",
      xsd('<xs:import namespace="a" schemaLocation="http://127.0.0.1/a.xsd"/>'),
      /import with a schemaLocation would read another file/,
    ],
    ["a redefinition", xsd('<xs:redefine schemaLocation="a.xsd"/>'), /redefine would read another file/],
  ])("is refused for %s", async (_, content, message) => {
    const checked = await check(content);
    expect(checked?.content).toBe("");
    expect(checked?.faults[0]?.message).toMatch(message);
  });
});

describe("An XML document", () => {
  it("that fits has no faults, as text and as bytes", async () => {
    const xml = '<order by="2024-01-01"><id>1</id><state>open</state></order>';
    expect(await hold(xml)).toEqual([]);
    expect(await hold(new TextEncoder().encode(xml))).toEqual([]);
  });

  it.each([
    ["<order", /^Line 1: /],
    ['<!DOCTYPE order [<!ENTITY a "1">]><order by="2024-01-01"><id>&a;</id></order>', /no DTD/],
    ["<other/>", /No matching global/],
    ['<order by="2024-01-01"><id>1</id></order>', /Missing child element\(s\)\. Expected is \( state \)\.$/],
    ["<order><id>1</id><state>open</state></order>", /The attribute 'by' is required but missing\.$/],
    ['<order by="canary"><id>1</id><state>open</state></order>', /its value is no xs:date\.$/],
    ["<order by=\"2024-01-01\"><id>canary' is</id><state>canary: 'x'</state></order>", /its value is no xs:int\.$/],
  ])("%s is refused, and what it says is not repeated", async (xml, message) => {
    const faults = await hold(xml);
    expect(faults[0]?.message).toMatch(message);
    expect(JSON.stringify(faults)).not.toContain("canary");
  });
});

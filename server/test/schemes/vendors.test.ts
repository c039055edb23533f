import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createVerifier } from "../../src/credentials/verify.ts";
import type { Received } from "../../src/domain/received.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { propertyTimeoutMs, trials } from "../harness/profile.ts";
import { checking, text } from "./received.ts";
import { presetOf, type Vendor, vendors } from "./vendors.ts";

const bodies = [
  '{"id":"evt_1", "amount": 1.0,  "amount":2,"name":"sch\u00fctzt \\u6f22 \ud83d\ude00"}',
  "{}",
  '{"a":1}\n',
  "From=%2B14158675309&To=%2B18005551212&Digits=1234&Body=Hello+there%21+%F0%9F%98%80&To=second&Empty=",
];

const verifierOf = ({ preset, secret }: Vendor) => createVerifier([checking(presetOf(preset).authSchemeConfig, text(secret))]);
const passes = (vendor: Vendor, delivery: Received) => verifierOf(vendor).verify(delivery).verification.passed;
const ago = (secondsAgo: number) => new Date(systemClock.now().getTime() - secondsAgo * 1000);

describe.each(vendors)("$preset, with the vendor's own library", (vendor) => {
  it("what it signs passes, and what it would refuse for its age does not", async () => {
    for (const body of bodies) {
      const delivery = await vendor.deliver(body, systemClock.now());
      expect(await vendor.takes(delivery), body).toBe(true);
      expect(verifierOf(vendor).verify(delivery), body).toMatchObject({ verification: { passed: true }, dedupeKey: expect.any(String) });
      const late = { ...(await vendor.deliver(body, ago(400))), receivedAt: systemClock.now() };
      const isTimeless = presetOf(vendor.preset).authSchemeConfig.signature?.timestamp === undefined;
      expect([passes(vendor, late), await vendor.takes(late)]).toEqual([isTimeless, isTimeless]);
    }
  });

  it("with any byte of it changed it passes neither there nor here", { timeout: propertyTimeoutMs }, async () => {
    const { name } = presetOf(vendor.preset).authSchemeConfig;
    const property = fc.asyncProperty(
      fc.constantFrom(...bodies),
      fc.constantFrom("body", "headers", "url"),
      fc.nat(),
      fc.integer({ min: 0x21, max: 0x7e }),
      async (body, part, at, byte) => {
        const delivery = await vendor.deliver(body, systemClock.now());
        const changed = mutated(delivery, { part, at, byte, signatureHeader: name });
        if (changed === undefined) return;
        const [here, there] = [passes(vendor, changed), await vendor.takes(changed)];
        expect(here).toBe(there);
        // A form is signed without its separators, and an address only where it is signed: there the two need only agree.
        if (vendor.preset !== "twilio" && part !== "url") expect(here).toBe(false);
      },
    );
    await fc.assert(property, { numRuns: trials({ change: 150, long: 20_000 }) });
  });
});

/** One byte of the delivery replaced; undefined when that says the same thing. */
function mutated(
  delivery: Received,
  { part, at, byte, signatureHeader }: { part: string; at: number; byte: number; signatureHeader: string },
): Received | undefined {
  const letter = String.fromCharCode(byte);
  const put = (whole: string): string | undefined => {
    const where = at % whole.length;
    return whole[where]?.toLowerCase() === letter.toLowerCase() ? undefined : whole.slice(0, where) + letter + whole.slice(where + 1);
  };
  if (part === "body") {
    const body = put(delivery.body.toString("latin1"));
    return body === undefined ? undefined : { ...delivery, body: Buffer.from(body, "latin1") };
  }
  if (part === "url") {
    const origin = "https://hooks.example/";
    const rest = put(delivery.url.slice(origin.length));
    // `\\` is `/` to whoever reads addresses as browsers do (WHATWG URL, path state), and so says the same thing to some.
    return rest === undefined || new URL(origin + rest).href === delivery.url ? undefined : { ...delivery, url: origin + rest };
  }
  // What the vendor does not sign may be anything.
  const signed = [signatureHeader, "webhook-id", "webhook-timestamp", "X-Slack-Request-Timestamp"].map((one) => one.toLowerCase());
  const values = delivery.rawHeaders.flatMap((name, index) => (index % 2 === 0 && signed.includes(name.toLowerCase()) ? [index + 1] : []));
  const index = values[at % values.length] as number;
  const value = put(delivery.rawHeaders[index] as string);
  return value === undefined ? undefined : { ...delivery, rawHeaders: delivery.rawHeaders.with(index, value) };
}

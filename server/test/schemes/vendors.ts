import { createHmac } from "node:crypto";
import { parse } from "node:querystring";
import type { SignaturePreset } from "@mooring/contract";
import { Webhooks } from "@octokit/webhooks";
import { isValidSlackRequest } from "@slack/bolt/dist/receivers/verify-request.js";
import { Webhook } from "standardwebhooks";
import Stripe from "stripe";
import twilio from "twilio/lib/webhooks/webhooks.js";
import type { Received } from "../../src/domain/received.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { signaturePresets } from "../../src/schemes/presets.ts";
import { received } from "./received.ts";

/** A system that signs: how its own library makes a delivery, and whether that library takes one. */
export interface Vendor {
  readonly preset: string;
  readonly secret: string;
  /** Deliveries as the vendor's library signs them, made `at`. */
  readonly deliver: (body: string, at: Date) => Promise<Received>;
  readonly takes: (delivery: Received) => Promise<boolean>;
}

export const presetOf = (name: string) => signaturePresets.find((preset) => preset.name === name) as SignaturePreset;

const headerOf = ({ rawHeaders }: Received, name: string): string =>
  rawHeaders[rawHeaders.findIndex((other, at) => at % 2 === 0 && other.toLowerCase() === name.toLowerCase()) + 1] ?? "";

const seconds = (at: Date) => Math.floor(at.getTime() / 1000);
const ok = async (work: () => unknown): Promise<boolean> => {
  try {
    return (await work()) !== false;
  } catch {
    return false;
  }
};

const github = new Webhooks({ secret: "gh-s3cr3t %+\u00fc" });
const standardSecret = `whsec_${Buffer.from("standard webhooks: 32 bytes key!").toString("base64")}`;
const stripe = new Stripe("sk_test_unused").webhooks;
const url = "https://hooks.example/o/1/connections/2/environments/3/triggers/sms?region=eu&x=%27";

export const vendors: readonly Vendor[] = [
  {
    preset: "github",
    secret: "gh-s3cr3t %+\u00fc",
    deliver: async (body, receivedAt) =>
      received({
        headers: [
          ["X-GitHub-Event", "push"],
          ["X-Hub-Signature-256", await github.sign(body)],
        ],
        body,
        receivedAt,
      }),
    takes: (delivery) => ok(() => github.verify(delivery.body.toString(), headerOf(delivery, "X-Hub-Signature-256"))),
  },
  {
    preset: "stripe",
    secret: "whsec_stripe",
    deliver: async (body, at) => {
      const header = stripe.generateTestHeaderString({ payload: body, secret: "whsec_stripe", timestamp: seconds(at) });
      return received({ headers: [["Stripe-Signature", header]], body, receivedAt: at });
    },
    takes: (delivery) => {
      const header = headerOf(delivery, "Stripe-Signature");
      return ok(() => stripe.signature?.verifyHeader(delivery.body.toString(), header, "whsec_stripe", 300));
    },
  },
  {
    preset: "slack",
    secret: "8f742231b10e8888abcd99yyyzzz85a5",
    // The library has no signer: this is what its page says of one.
    deliver: async (body, at) => {
      const mac = createHmac("sha256", "8f742231b10e8888abcd99yyyzzz85a5")
        .update(`v0:${seconds(at)}:${body}`)
        .digest("hex");
      const headers = [
        ["X-Slack-Request-Timestamp", `${seconds(at)}`],
        ["X-Slack-Signature", `v0=${mac}`],
      ] as const;
      return received({ headers, body, receivedAt: at });
    },
    takes: async (delivery) =>
      isValidSlackRequest({
        signingSecret: "8f742231b10e8888abcd99yyyzzz85a5",
        body: delivery.body.toString(),
        headers: {
          "x-slack-signature": headerOf(delivery, "X-Slack-Signature"),
          "x-slack-request-timestamp": Number(headerOf(delivery, "X-Slack-Request-Timestamp")),
        },
        nowMilliseconds: systemClock.now().getTime(),
      }),
  },
  {
    preset: "standard-webhooks",
    secret: standardSecret,
    deliver: async (body, at) => {
      const headers = [
        ["webhook-id", "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W"],
        ["webhook-timestamp", `${seconds(at)}`],
        ["webhook-signature", new Webhook(standardSecret).sign("msg_2KWPBgLlAfxdpx2AI54pPJ85f4W", at, body)],
      ] as const;
      return received({ headers, body, receivedAt: at });
    },
    takes: (delivery) => {
      const headers = Object.fromEntries(
        ["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) => [name, headerOf(delivery, name)]),
      );
      return ok(() => new Webhook(standardSecret).verify(delivery.body, headers, { jsonParse: false }));
    },
  },
  {
    preset: "twilio",
    secret: "12345",
    deliver: async (body, receivedAt) => {
      const isForm = !body.startsWith("{");
      const to = isForm ? url : `${url}&bodySHA256=${twilio.getExpectedBodyHash(body)}`;
      const signature = twilio.getExpectedTwilioSignature("12345", to, isForm ? parse(body) : {});
      const headers = [
        ["Content-Type", isForm ? "application/x-www-form-urlencoded; charset=UTF-8" : "application/json"],
        ["X-Twilio-Signature", signature],
      ] as const;
      return received({ headers, body, url: to, receivedAt });
    },
    takes: (delivery) => {
      const signature = headerOf(delivery, "X-Twilio-Signature");
      const body = delivery.body.toString();
      return ok(() =>
        delivery.url.includes("bodySHA256")
          ? twilio.validateRequestWithBody("12345", signature, delivery.url, body)
          : twilio.validateRequest(
              "12345",
              signature,
              delivery.url,
              headerOf(delivery, "Content-Type").includes("json") ? {} : parse(body),
            ),
      );
    },
  },
];

import { createHmac } from "node:crypto";
import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fitsContract, fitsServed } from "../../../contract/test/validators.ts";
import { configFaults } from "../../src/domain/scheme-fit.ts";
import { signaturePresets } from "../../src/schemes/presets.ts";
import { checking, received, text, verifyReceived } from "./received.ts";
import { presetOf } from "./vendors.ts";

describe("presets", () => {
  it("are all files of their folder, under their names", () => {
    const files = readdirSync(new URL("../../src/schemes/presets/", import.meta.url)).sort();
    expect(files).toEqual(signaturePresets.map(({ name }) => `${name}.json`).sort());
  });

  it.each(signaturePresets)("$name may be saved as it is, as a trigger's config and as a connection's", (preset) => {
    expect(fitsServed("SignaturePreset", preset)).toEqual({ ok: true, errors: [] });
    expect(fitsContract("AuthSchemeConfigHMAC", preset.authSchemeConfig).ok).toBe(true);
    for (const use of [{ purpose: "trigger", credentialType: "string" }, {}] as const) {
      expect(configFaults(preset.authSchemeConfig, { protocol: "http", ...use })).toEqual([]);
    }
  });
});

describe("what a system's own pages give as an example passes", () => {
  const slackBody =
    "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
  const twilioBody = "CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212";
  const examples = [
    {
      preset: "github",
      secret: "It's a Secret to Everybody",
      headers: [["X-Hub-Signature-256", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"]],
      body: "Hello, World!",
    },
    {
      preset: "slack",
      secret: "8f742231b10e8888abcd99yyyzzz85a5",
      headers: [
        ["X-Slack-Request-Timestamp", "1531420618"],
        ["X-Slack-Signature", "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"],
      ],
      body: slackBody,
      at: 1_531_420_618,
    },
    {
      preset: "standard-webhooks",
      secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
      headers: [
        ["Webhook-Id", "msg_p5jXN8AQM9LWM0D4loKWxJek"],
        ["Webhook-Timestamp", "1614265330"],
        ["Webhook-Signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= v1a,other"],
      ],
      body: '{"test": 2432232314}',
      at: 1_614_265_330,
    },
    {
      preset: "twilio",
      secret: "12345",
      headers: [
        ["Content-Type", "application/x-www-form-urlencoded"],
        ["X-Twilio-Signature", "RSOYDt4T1cUTdK1PDd93/VVr8B8="],
      ],
      body: twilioBody,
      url: "https://mycompany.com/myapp.php?foo=1&bar=2",
    },
    {
      // Its pages give no example with its key: this is what they say in words.
      preset: "shopify",
      secret: "hush",
      headers: [["X-Shopify-Hmac-Sha256", createHmac("sha256", "hush").update('{"id":1}').digest("base64")]],
      body: '{"id":1}',
    },
  ] as const;

  it.each(examples)("$preset", ({ preset, secret, headers, body, ...rest }) => {
    const { authSchemeConfig } = presetOf(preset);
    const at = "at" in rest ? { receivedAt: new Date((rest.at + 3) * 1000) } : {};
    const request = received({ headers, body, ...("url" in rest ? { url: rest.url } : {}), ...at });
    expect(verifyReceived([checking(authSchemeConfig, text(secret))], request).verification.passed).toBe(true);
    expect(verifyReceived([checking(authSchemeConfig, text(`${secret}.`))], request).verification.passed).toBe(false);
  });

  it("weak ones say so", () => {
    const { steps } = verifyReceived(
      [checking(presetOf("twilio").authSchemeConfig, text("12345"))],
      received({ headers: examples[3].headers, body: twilioBody, url: examples[3].url }),
    ).verification;
    expect(steps).toMatchObject([
      { what: "algorithm", passed: true, message: expect.stringMatching(/sha1 is weak/) },
      { what: "signature", passed: true },
    ]);
  });
});

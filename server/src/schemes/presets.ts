import type { SignaturePreset } from "@mooring/contract";
import github from "./presets/github.json" with { type: "json" };
import shopify from "./presets/shopify.json" with { type: "json" };
import slack from "./presets/slack.json" with { type: "json" };
import standardWebhooks from "./presets/standard-webhooks.json" with { type: "json" };
import stripe from "./presets/stripe.json" with { type: "json" };
import twilio from "./presets/twilio.json" with { type: "json" };

/** How well-known systems sign, by title: data alone, and so nothing that a config of a user's own could not say. */
export const signaturePresets = [github, shopify, slack, standardWebhooks, stripe, twilio] as readonly SignaturePreset[];

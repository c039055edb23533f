import { TriggerAddress, TriggerAddressRotate } from "../schemas/trigger-address.ts";
import { SignaturePresetList, Verification, VerificationRequest } from "../schemas/verification.ts";
import type { Operation } from "./operation.ts";

const ofTrigger = "/o/{organisation_id}/connections/{connection_id}/environments/{environment_id}/triggers/{trigger_name}";

export const addressOperations = {
  GetTriggerAddress: {
    method: "GET",
    path: `${ofTrigger}/address`,
    tag: "Triggers",
    access: "connections:read",
    summary: "Read where a trigger is called",
    description: "Its address by names, and its short ones, which hold nothing but a random token.",
    success: { status: 200, body: TriggerAddress },
  },
  RotateTriggerAddress: {
    method: "POST",
    path: `${ofTrigger}/address`,
    tag: "Triggers",
    access: "connections:write",
    summary: "Make a new short address for a trigger",
    description: "The ones before it are good until the overlap has passed; with an overlap of 0 they end at once.",
    body: TriggerAddressRotate,
    success: { status: 201, body: TriggerAddress },
  },
} as const satisfies Record<string, Operation>;

export const verificationOperations = {
  VerifyTriggerDelivery: {
    method: "POST",
    path: `${ofTrigger}/verify`,
    tag: "Triggers",
    access: "events:write",
    summary: "See why a delivery passes or fails",
    description:
      "Takes a delivery as it was sent, headers and body, and says step by step what was compared. Keeps nothing, and shows no secret.",
    body: VerificationRequest,
    success: { status: 200, body: Verification },
  },
  ListSignaturePresets: {
    method: "GET",
    path: "/o/{organisation_id}/signature-presets",
    tag: "Triggers",
    access: "member",
    summary: "List how well-known systems sign",
    description: "Auth scheme configs that are ready for an environment's trigger credentials.",
    success: { status: 200, body: SignaturePresetList },
  },
} as const satisfies Record<string, Operation>;

import type { ConnectionPreset } from "@mooring/contract";
import airtable from "./presets/airtable.json" with { type: "json" };
import anthropic from "./presets/anthropic.json" with { type: "json" };
import asana from "./presets/asana.json" with { type: "json" };
import discord from "./presets/discord.json" with { type: "json" };
import dropbox from "./presets/dropbox.json" with { type: "json" };
import github from "./presets/github.json" with { type: "json" };
import gitlab from "./presets/gitlab.json" with { type: "json" };
import gmail from "./presets/gmail.json" with { type: "json" };
import googleCalendar from "./presets/google-calendar.json" with { type: "json" };
import googleDrive from "./presets/google-drive.json" with { type: "json" };
import googleSheets from "./presets/google-sheets.json" with { type: "json" };
import hubspot from "./presets/hubspot.json" with { type: "json" };
import intercom from "./presets/intercom.json" with { type: "json" };
import jira from "./presets/jira.json" with { type: "json" };
import jiraOauth from "./presets/jira-oauth.json" with { type: "json" };
import linear from "./presets/linear.json" with { type: "json" };
import mailchimp from "./presets/mailchimp.json" with { type: "json" };
import microsoftGraph from "./presets/microsoft-graph.json" with { type: "json" };
import notion from "./presets/notion.json" with { type: "json" };
import openai from "./presets/openai.json" with { type: "json" };
import salesforce from "./presets/salesforce.json" with { type: "json" };
import sendgrid from "./presets/sendgrid.json" with { type: "json" };
import shopify from "./presets/shopify.json" with { type: "json" };
import slack from "./presets/slack.json" with { type: "json" };
import spotify from "./presets/spotify.json" with { type: "json" };
import stripe from "./presets/stripe.json" with { type: "json" };
import twilio from "./presets/twilio.json" with { type: "json" };
import zendesk from "./presets/zendesk.json" with { type: "json" };

/** What a connection to each of these well-known APIs needs, by name: data alone, which fills in what a person would. */
export const connectionPresets = [
  airtable,
  anthropic,
  asana,
  discord,
  dropbox,
  github,
  gitlab,
  gmail,
  googleCalendar,
  googleDrive,
  googleSheets,
  hubspot,
  intercom,
  jira,
  jiraOauth,
  linear,
  mailchimp,
  microsoftGraph,
  notion,
  openai,
  salesforce,
  sendgrid,
  shopify,
  slack,
  spotify,
  stripe,
  twilio,
  zendesk,
] as readonly ConnectionPreset[];

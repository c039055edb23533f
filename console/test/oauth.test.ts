import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AuthorizationServer, startAuthorizationServer } from "../../server/test/harness/authorization-server.ts";
import { type Stage, startStage, type Visit } from "./harness/stage.ts";

let stage: Stage;
let server: AuthorizationServer;
beforeAll(async () => {
  stage = await startStage();
  const redirectUri = new URL(`/o/${stage.org}/auth-schemes/oauth2/callback`, stage.mooring.url).href;
  server = await startAuthorizationServer({ redirectUri });
});
afterAll(async () => {
  server?.close();
  await stage?.close();
});

test("a sign-in is set up in an environment and done in a popup; the page goes on by itself, and calls carry the token", async () => {
  const id = await connection("Lighthouse");
  const visit = await stage.visit(`/connections/${id}/environments/dev`);
  const { page } = visit;
  await page.getByRole("button", { name: "Add a credential for calls" }).click();
  await page.getByRole("button", { name: /a person signs in/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name of the application").fill("Lighthouse app");
  await dialog.getByLabel("Client id").fill(server.clientId);
  await dialog.getByLabel("Client secret").fill(server.clientSecret);
  await dialog.getByLabel("Where people sign in").fill(server.authorizeUrl);
  await dialog.getByLabel("Where tokens are issued").fill(server.tokenUrl);
  await dialog.getByLabel("Scopes").fill("openid");
  await dialog.getByRole("textbox", { name: "Name", exact: true }).fill("Keeper");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();

  const popup = await popupOf(page, () => page.getByRole("button", { name: "Connect" }).click());
  await popup.getByRole("button", { name: "Continue" }).click();
  await popup.waitForEvent("close");
  await page.getByRole("status", { name: "Connected" }).waitFor();

  await page.getByRole("button", { name: "Test Keeper" }).click();
  await page.getByLabel("Path of the GET").fill("/me");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText("200 from the outside system").waitFor();
  expect(await page.content()).not.toContain(server.clientSecret);
  expect(ownFaults(visit)).toEqual([]);
});

test("one that is refused says why, on the page that waits; the credential's page says what is missing, connects, and renews", async () => {
  const { connectionId, credentialId } = await signInConnection("Tower");
  const visit = await stage.visit(`/credentials/${credentialId}`);
  const { page } = visit;
  await page.getByText("A person is needed").waitFor();

  await page.getByRole("button", { name: "Options of the sign-in" }).click();
  await page.getByLabel("Prompt").fill("none");
  const refused = await popupOf(page, () => page.getByRole("button", { name: "Connect" }).click());
  await refused.waitForEvent("close");
  expect(await page.getByRole("alert", { name: "Not connected" }).textContent()).toContain("login_required");

  await page.getByLabel("Prompt").fill("consent");
  const popup = await popupOf(page, () => page.getByRole("button", { name: "Connect" }).click());
  await popup.getByRole("button", { name: "Continue" }).click();
  await page.getByText("Token ends").waitFor();
  await page.getByText("A person is needed").waitFor({ state: "detached" });

  await page.getByRole("button", { name: "Renew now" }).click();
  await page.getByLabel("Path of the call").fill("/me");
  await page.getByRole("button", { name: "Renew", exact: true }).click();
  await page.getByText("Renewed. The call was answered with 200.").waitFor();
  expect(server.asked.at(-1)).toMatchObject({ grant_type: "refresh_token" });

  await visit.goto(`/connections/${connectionId}/environments/dev`);
  await page.getByText("OAuth 2.0: a person signs in").waitFor();
  expect(ownFaults(visit)).toEqual([]);
});

test("where the browser opens no window there is a link; what was done behind it is seen at the credential", async () => {
  const { credentialId } = await signInConnection("Mole");
  const visit = await stage.visit(`/credentials/${credentialId}`);
  const { page, context } = visit;
  await page.evaluate(() => {
    window.open = () => null;
  });
  await page.getByRole("button", { name: "Connect" }).click();
  const address = await page.getByRole("link", { name: "Open it in a new tab" }).getAttribute("href");
  const tab = await context.newPage();
  // Nobody hears the channel: the window was closed as soon as the server had answered, say.
  await tab.addInitScript(() => {
    BroadcastChannel.prototype.postMessage = () => {};
  });
  await tab.goto(address ?? "");
  await tab.getByRole("button", { name: "Continue" }).click();
  await page.getByText("Token ends").waitFor();
  expect(ownFaults(visit)).toEqual([]);
});

/** The window that a click opens. */
async function popupOf(page: Page, click: () => Promise<void>): Promise<Page> {
  const [popup] = await Promise.all([page.waitForEvent("popup"), click()]);
  return popup;
}

/** What should not be in the browser, but for the requests of the person who signs in elsewhere. */
const ownFaults = ({ faults }: Visit) => faults.filter((fault) => !fault.startsWith(server.issuer));

async function connection(name: string): Promise<string> {
  const environments = [{ name: "dev", variables: [], credentials: {} }];
  const body = { name, baseUrl: server.issuer, authSchemeConfigs: [], environments };
  return (await stage.client.must(stage.key, "CreateHTTPConnection", { body })).body.id;
}

/** A connection that calls with what a person has yet to sign in for. */
async function signInConnection(name: string): Promise<{ connectionId: string; credentialId: string }> {
  const { authorizeUrl, tokenUrl, clientId, clientSecret } = server;
  const endpoints = { authorizeUrl, tokenUrl };
  const { body: application } = await stage.client.must(stage.key, "CreateCredential", {
    body: { name: `${name} app`, type: "oauth2-client", data: { clientId, clientSecret, ...endpoints } },
  });
  const flows = { authorizationCode: { applicationCredential: { id: application.id } } };
  const data = { clientId, clientSecret: "", ...endpoints, scopes: ["openid"] };
  const action = [
    {
      authSchemeConfig: { schemeType: "oauth2", ...endpoints, scopes: [], flows },
      credential: { name: `${name} keeper`, type: "oauth2-token", data },
    },
  ];
  const environments = [{ name: "dev", variables: [], credentials: { action } }];
  const body = { name, baseUrl: server.issuer, authSchemeConfigs: [], environments };
  const { body: made } = await stage.client.must(stage.key, "CreateHTTPConnection", { body: body as never });
  return { connectionId: made.id, credentialId: made.environments[0]?.credentials.action[0]?.credential.id ?? "" };
}

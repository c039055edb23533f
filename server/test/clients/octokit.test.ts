import { Octokit } from "@octokit/rest";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Gateway, startGateway } from "./gateway.ts";
import { type Answer, answerJson, bodyOf, type Outside, startOutside, valuesOf } from "./outside.ts";

const token = "ghp_theStoredTokenOfTheOrganisation";
const issues = Array.from({ length: 7 }, (_, at) => ({ number: at + 1, title: `Issue ${at + 1}` }));
const perPage = 3;

/** What of GitHub's API is called here, as its reference describes it. */
const github: Readonly<Record<string, Answer>> = {
  "GET /repos": (_, response, url) => {
    if (url.pathname.endsWith("/tarball/main")) {
      return response.writeHead(302, { location: "https://codeload.github.example/harbour/quay.tar.gz" }).end();
    }
    if (!url.pathname.endsWith("/issues")) return answerJson(response, { message: "Not Found", status: "404" }, 404);
    const page = Number(url.searchParams.get("page") ?? 1);
    const next = `<${outside.url.origin}/repos/harbour/quay/issues?per_page=${perPage}&page=${page + 1}>; rel="next"`;
    if (page * perPage < issues.length) response.setHeader("link", next);
    response.setHeader("etag", `W/"page-${page}"`);
    return answerJson(response, issues.slice((page - 1) * perPage, page * perPage));
  },
  "POST /repos": async (request, response) => answerJson(response, { number: 8, ...JSON.parse((await bodyOf(request)).toString()) }, 201),
  "PATCH /repos": async (request, response) => answerJson(response, { number: 8, ...JSON.parse((await bodyOf(request)).toString()) }),
  "PUT /repos": (_, response) => void response.writeHead(204).end(),
  "POST /markdown": async (request, response) => {
    const { text } = JSON.parse((await bodyOf(request)).toString()) as { text: string };
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(`<p>${text}</p>`);
  },
};
let outside: Outside;

describe("the official SDK of GitHub through the gateway", () => {
  let gateway: Gateway;
  let octokit: Octokit;
  const repository = { owner: "harbour", repo: "quay" };

  beforeAll(async () => {
    outside = await startOutside(github);
    gateway = await startGateway(outside, {
      authSchemeConfig: { schemeType: "api-key", name: "Authorization", in: "header" },
      credential: { name: "token", type: "string", data: { value: `Bearer ${token}` } },
    });
    // The key of Mooring stands where GitHub's would, so that octokit sends `Authorization: token <key>`: the words are ours to set.
    octokit = new Octokit({ baseUrl: gateway.proxyUrl, log: silent, authStrategy: () => bearer(gateway.apiKey) });
    // GitHub's links to further pages are whole addresses: they are asked for through the gateway like everything else.
    octokit.hook.before("request", (options) => {
      options.url = options.url.replace(outside.url.origin, gateway.proxyUrl);
    });
  });
  afterAll(async () => {
    await gateway?.stop();
    await outside?.stop();
  });
  afterEach(() => {
    for (const request of outside.seen.splice(0)) {
      expect(valuesOf(request, "authorization")).toEqual([`Bearer ${token}`]);
      expect(JSON.stringify(request)).not.toContain(gateway.apiKey);
    }
  });

  it("lists a page with its headers", async () => {
    const { data, headers } = await octokit.rest.issues.listForRepo({ ...repository, per_page: perPage });
    expect(data.map(({ number }) => number)).toEqual([1, 2, 3]);
    expect([headers.etag, headers.link]).toEqual(['W/"page-1"', expect.stringContaining('rel="next"')]);
  });

  it("follows the links of GitHub to the last page, each time through the gateway", async () => {
    const all = await octokit.paginate(octokit.rest.issues.listForRepo, { ...repository, per_page: perPage });
    expect(all.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(outside.seen.map(({ url }) => new URL(url, outside.url).searchParams.get("page") ?? "1")).toEqual(["1", "2", "3"]);
  });

  it("creates and changes with JSON bodies", async () => {
    const created = await octokit.rest.issues.create({ ...repository, title: "Ärger 🚢", labels: ["a"] });
    expect([created.status, created.data.title]).toEqual([201, "Ärger 🚢"]);
    const changed = await octokit.rest.issues.update({ ...repository, issue_number: 8, state: "closed" });
    expect(changed.data).toEqual({ number: 8, state: "closed" });
  });

  it("takes an answer without a body", async () => {
    const { status } = await octokit.rest.issues.lock({ ...repository, issue_number: 8 });
    expect(status).toBe(204);
  });

  it("takes an answer that is no JSON", async () => {
    expect((await octokit.rest.markdown.render({ text: "moored" })).data).toBe("<p>moored</p>");
  });

  it("makes its own error of GitHub's", async () => {
    const asked = octokit.rest.repos.get({ owner: "harbour", repo: "unknown" });
    await expect(asked).rejects.toMatchObject({ name: "HttpError", status: 404, response: { data: { message: "Not Found" } } });
  });

  it("is handed a redirect that it does not want to follow", async () => {
    const asked = octokit.rest.repos.downloadTarballArchive({ ...repository, ref: "main", request: { redirect: "manual" } });
    const { status, headers } = await asked;
    expect([status, headers.location]).toEqual([302, "https://codeload.github.example/harbour/quay.tar.gz"]);
  });
});

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** An octokit strategy that sends a bearer key and does nothing else. */
function bearer(key: string) {
  const hook = (request: (options: object) => unknown, route: object) => {
    const options = route as { headers?: object };
    return request({ ...options, headers: { ...options.headers, authorization: `Bearer ${key}` } });
  };
  return Object.assign(async () => ({}), { hook });
}

import { expect } from "vitest";

/** A call of an action, and the request that it must come to. */
export interface KnownCall {
  readonly action: string;
  readonly input: unknown;
  readonly arrives: {
    readonly method: string;
    readonly path: string;
    readonly query: string;
    /** JSON when left out, where there is a body. */
    readonly contentType?: unknown;
    /** The JSON value whose text must arrive, or what looks at the text; nothing may arrive when left out. */
    readonly body?: unknown;
  };
}

const project = { subdomain: "docs-1", api_key_id: "0123456789abcdef01234567" };

/** Of ReadMe's own API: every method, lists, defaults, a form with a file in it. */
export const readmeCalls: readonly KnownCall[] = [
  {
    action: "getBranches",
    input: { parameters: { page: 2, prefix: "1.0" } },
    arrives: { method: "GET", path: "/v2/branches", query: "page=2&per_page=10&sort_by=semver&prefix=1.0" },
  },
  {
    action: "search",
    input: { parameters: { query: "a&b=ü /?", projects: ["one", "two,three"] } },
    arrives: {
      method: "GET",
      path: "/v2/search",
      query: "query=a%26b%3D%C3%BC%20%2F%3F&projects=one&projects=two%2Cthree",
    },
  },
  {
    action: "createAPIKey",
    input: { parameters: { subdomain: "docs-1" }, body: { label: "Kéy" } },
    arrives: { method: "POST", path: "/v2/projects/docs-1/apikeys", query: "", body: { label: "Kéy" } },
  },
  {
    action: "updateAPIKey",
    input: { parameters: project, body: { label: "other" } },
    arrives: { method: "PATCH", path: `/v2/projects/docs-1/apikeys/${project.api_key_id}`, query: "", body: { label: "other" } },
  },
  {
    action: "deleteAPIKey",
    input: { parameters: project },
    arrives: { method: "DELETE", path: `/v2/projects/docs-1/apikeys/${project.api_key_id}`, query: "" },
  },
  {
    action: "deleteCategory",
    input: { parameters: { branch: "stable", section: "guides", title: "Wie geht's? 100% / {{ env.x }}" } },
    arrives: {
      method: "DELETE",
      path: "/v2/branches/stable/categories/guides/Wie%20geht%27s%3F%20100%25%20%2F%20%7B%7B%20env.x%20%7D%7D",
      query: "",
    },
  },
  {
    action: "updateAPI",
    input: { parameters: { branch: "1.0", filename: "api.json" }, body: { upload_source: "form", url: "https://example.com/a" } },
    arrives: {
      method: "PUT",
      path: "/v2/branches/1.0/apis/api.json",
      query: "",
      contentType: expect.stringMatching(/^multipart\/form-data; boundary=/),
      body: async (text: string, contentType: string) => {
        const form = await new Response(text, { headers: { "content-type": contentType } }).formData();
        expect([...form]).toEqual([
          ["upload_source", "form"],
          ["url", "https://example.com/a"],
        ]);
      },
    },
  },
];

const repo = { owner: "octo-org", repo: "hello.world" };
const at = (rest: string) => `/repos/octo-org/hello.world/${rest}`;

/** Of GitHub's API: at least two of each method, and what is a choice of types in its file. */
export const githubCalls: readonly KnownCall[] = [
  {
    action: "security-advisories_list-global-advisories",
    input: { parameters: { affects: ["a", "b@1.0"], cwes: ["79,89"], per_page: 100 } },
    arrives: {
      method: "GET",
      path: "/advisories",
      query: "type=reviewed&cwes=79%2C89&affects=a&affects=b%401.0&direction=desc&per_page=100&sort=published",
    },
  },
  {
    action: "actions_disable-workflow",
    input: { parameters: { ...repo, workflow_id: "161335" } },
    arrives: { method: "PUT", path: at("actions/workflows/161335/disable"), query: "" },
  },
  {
    action: "orgs_list-pat-grants",
    input: { parameters: { org: "octo org", owner: ["one", "two&three"], token_id: ["1"], page: 3 } },
    arrives: {
      method: "GET",
      path: "/orgs/octo%20org/personal-access-tokens",
      query: "per_page=30&page=3&sort=created_at&direction=desc&owner=one&owner=two%26three&token_id=1",
    },
  },
  {
    action: "repos_get-content",
    input: { parameters: { ...repo, path: "src/a b/ü.ts", ref: "feature/x" } },
    arrives: { method: "GET", path: at("contents/src%2Fa%20b%2F%C3%BC.ts"), query: "ref=feature%2Fx" },
  },
  {
    action: "issues_create",
    input: { parameters: repo, body: { title: 7, labels: ["bug", { name: "later", color: null }], milestone: null } },
    arrives: {
      method: "POST",
      path: at("issues"),
      query: "",
      body: { title: 7, labels: ["bug", { name: "later", color: null }], milestone: null },
    },
  },
  {
    action: "markdown_render-raw",
    input: { contentType: "text/x-markdown", body: "# Größe" },
    arrives: {
      method: "POST",
      path: "/markdown/raw",
      query: "",
      contentType: "text/x-markdown",
      body: (text: string) => expect(text).toBe("# Größe"),
    },
  },
  {
    action: "repos_create-or-update-file-contents",
    input: {
      parameters: { ...repo, path: "README.md" },
      body: { message: "m", content: "aGk=", committer: { name: "Sam", email: "s@e.org" } },
    },
    arrives: {
      method: "PUT",
      path: at("contents/README.md"),
      query: "",
      body: { message: "m", content: "aGk=", committer: { name: "Sam", email: "s@e.org" } },
    },
  },
  {
    action: "issues_lock",
    input: { parameters: { ...repo, issue_number: 9_007_199_254_740_991 } },
    arrives: { method: "PUT", path: at("issues/9007199254740991/lock"), query: "" },
  },
  {
    action: "issues_update",
    input: { parameters: { ...repo, issue_number: 1 }, body: { state: "closed", state_reason: null, assignees: [] } },
    arrives: { method: "PATCH", path: at("issues/1"), query: "", body: { state: "closed", state_reason: null, assignees: [] } },
  },
  {
    action: "gists_update",
    input: { parameters: { gist_id: "aa5a315d61ae9438b18d" }, body: { files: { "a b.rb": { content: "puts 1", filename: null } } } },
    arrives: {
      method: "PATCH",
      path: "/gists/aa5a315d61ae9438b18d",
      query: "",
      body: { files: { "a b.rb": { content: "puts 1", filename: null } } },
    },
  },
  {
    action: "repos_delete-file",
    input: { parameters: { ...repo, path: "old.txt" }, body: { message: "gone", sha: "95b966ae" } },
    arrives: { method: "DELETE", path: at("contents/old.txt"), query: "", body: { message: "gone", sha: "95b966ae" } },
  },
  {
    action: "reactions_delete-for-issue",
    input: { parameters: { ...repo, issue_number: 3, reaction_id: 4 } },
    arrives: { method: "DELETE", path: at("issues/3/reactions/4"), query: "" },
  },
];

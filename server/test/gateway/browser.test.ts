import { expect, it } from "vitest";
import { launchBrowser } from "../harness/browser.ts";
import { proxyPath, rig } from "./rig.ts";

const page = `<!doctype html><link rel=icon href=data:><meta http-equiv="Set-Cookie" content="meta=1"><title>theirs</title>
<script>document.cookie = "script=1"; localStorage.setItem("a", "1"); document.title = "it ran";</script>
<img src=x onerror="document.cookie = 'handler=1'; document.title = 'it ran'">`;

it("an answer of an outside system sets no cookie in a browser, runs no script, and clears nothing of Mooring's (S-8)", async () => {
  const { port } = await rig({
    upstream: (request, response) => {
      const cookies = [
        "a=1",
        "b=2; Path=/",
        "__Host-c=3; Path=/; Secure",
        "d=4; Domain=127.0.0.1",
        "=nameless",
        "e=5; SameSite=None; Secure",
      ];
      response.writeHead(request.url === "/script" ? 200 : 404, [
        ...cookies.flatMap((cookie, at) => [["Set-Cookie", "set-cookie", "SET-COOKIE"][at % 3] ?? "", cookie]),
        ...["Set-Cookie2", "f=6", "Clear-Site-Data", '"cookies", "storage"', "Content-Type", "text/html; charset=utf-8"],
        ...["Access-Control-Allow-Origin", "*", "Content-Security-Policy", "sandbox allow-scripts allow-same-origin"],
      ]);
      response.write(page.slice(0, 100));
      response.end(page.slice(100));
    },
  });
  const browser = await launchBrowser();
  try {
    const context = await browser.newContext();
    const own = { name: "own", value: "1", domain: "127.0.0.1", path: "/" };
    await context.addCookies([own]);
    const tab = await context.newPage();
    for (const path of ["/script", "/missing"]) {
      await tab.goto(`http://127.0.0.1:${port}${proxyPath}${path}`);
      expect(await tab.title()).toBe("theirs");
    }
    expect((await context.cookies()).map(({ name }) => name)).toEqual(["own"]);
  } finally {
    await browser.close();
  }
});

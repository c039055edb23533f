import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { launchBrowser } from "./browser.ts";

it("the browser of the tests runs scripts and keeps origins apart", async () => {
  const [own, other] = await Promise.all([startSite(), startSite()]);
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    await page.goto(own.url);
    expect(await page.title()).toBe("here");

    const read = (url: string) =>
      fetch(url).then(
        () => "read",
        () => "refused",
      );
    expect(await page.evaluate(read, own.url)).toBe("read");
    expect(await page.evaluate(read, other.url)).toBe("refused");
    expect(other.requests()).toBe(1);
  } finally {
    await browser.close();
    for (const site of [own, other]) site.close();
  }
});

async function startSite() {
  let requests = 0;
  const server = createServer((_request, response) => {
    requests += 1;
    response.setHeader("content-type", "text/html").end("<link rel=icon href=data:,><title>here</title>");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, requests: () => requests, close: () => server.close() };
}

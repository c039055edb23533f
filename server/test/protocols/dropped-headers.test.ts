import { describe, expect, it } from "vitest";
import { droppedHeaders } from "../../src/protocols/http/dropped-headers.ts";
import { sortHeaders } from "../../src/protocols/http/request-headers.ts";

const told = (raw: string[], injected: string[] = []) => {
  const names = new Set(injected);
  return droppedHeaders(raw, { forwarded: sortHeaders(raw, names).forwarded, injected: names });
};

describe("what is told of headers that do not go on", () => {
  const always =
    "Host Transfer-Encoding Connection Keep-Alive TE Trailer Upgrade Expect HTTP2-Settings Proxy Proxy-Connection Forwarded X-Forwarded-For X-Real-IP Authorization Cookie Cookie2 Mooring-Variables Mooring-Anything X_Forwarded_For".split(
      " ",
    );
  it.each(always)("%s: a reason of its own", (name) => {
    expect(told([name, "x", "Accept", "*/*"])).toEqual([{ name, why: expect.not.stringContaining("names it") }]);
  });

  it("each once, whichever way it is spelled", () => {
    expect(told(["x-key", "1", "X-Key", "2", "X_KEY", "3"], ["x-key"])).toEqual([{ name: "X_KEY", why: "A credential sets it." }]);
  });

  it("and nothing of those that do, the length of the body among them", () => {
    expect(told(["Accept", "*/*", "Content-Length", "5", "accept", "a/b"])).toEqual([]);
  });
});

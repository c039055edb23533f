import { describe, expect, it } from "vitest";
import { Problem } from "../../src/kernel/errors.ts";
import { problemOf } from "../../src/net/problems.ts";

const withCode = (code: string) => Object.assign(new Error("secret=s3cr3t at /path?token=s3cr3t"), { code });

describe("a failed call is answered", () => {
  it.each([
    ["UND_ERR_HEADERS_TIMEOUT", "upstream_timeout"],
    ["UND_ERR_BODY_TIMEOUT", "upstream_timeout"],
    ["ETIMEDOUT", "upstream_timeout"],
    ["UND_ERR_SOCKET", "upstream_unreachable"],
    ["ECONNRESET", "upstream_unreachable"],
    ["EHOSTUNREACH", "upstream_unreachable"],
    ["HPE_INVALID_CONSTANT", "upstream_unreachable"],
    ["ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC", "upstream_unreachable"],
    ["UND_ERR_INVALID_ARG", "invalid_request"],
    ["UND_ERR_REQ_CONTENT_LENGTH_MISMATCH", "invalid_request"],
    ["ERR_ASSERTION", "internal"],
    ["", "internal"],
  ])("%s with %s, and without what the error says", (code, expected) => {
    const problem = problemOf(withCode(code));
    expect(problem.code).toBe(expected);
    expect(JSON.stringify([problem.message, problem.fields, problem.members])).not.toContain("s3cr3t");
  });

  it("with the problem itself when it is one, and as internal when it is not even an error", () => {
    const problem = new Problem("egress_denied");
    expect(problemOf(problem)).toBe(problem);
    expect(problemOf("text").code).toBe("internal");
    expect(problemOf(undefined).code).toBe("internal");
  });
});

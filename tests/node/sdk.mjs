// The SDK under its name in package.json, with its base address changed and nothing else.

import assert from "node:assert/strict";

export async function connect(packageName, url) {
  const { WebClient, ErrorCode, LogLevel } = (await import(packageName)).default;

  const client = (token, options = {}) =>
    new WebClient(token, { slackApiUrl: `${url}/api/`, logLevel: LogLevel.ERROR, retryConfig: { retries: 0 }, ...options });

  // The answer with which a call is refused.
  async function refused(call) {
    try {
      await call;
    } catch (error) {
      assert.equal(error.code, ErrorCode.PlatformError, error);
      return error.data;
    }
    assert.fail("was not refused");
  }

  return { client, refused, ErrorCode };
}

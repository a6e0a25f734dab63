// One scenario against a running server: node web_api.mjs PACKAGE URL SCENARIO
//
// PACKAGE is one of package.json's, so that the same scenarios run through fetch (8) and through axios (7).

import assert from "node:assert/strict";
import { Readable } from "node:stream";

import { connect } from "./sdk.mjs";

const [packageName, url, scenario] = process.argv.slice(2);
const { client, refused, ErrorCode } = await connect(packageName, url);

const BOT = "xoxb-east-desk";
const CHO = "xoxp-cho-east";

// 3 × 2 points, of no colour that matters.
const PICTURE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAAFUlEQVR4nGM8ESXHwMDAwMDAxAADABdmAURaE60RAAAAAElFTkSuQmCC",
  "base64",
);

const scenarios = {
  async identity() {
    const bot = client(BOT);
    const echo = await bot.api.test({ foo: "bar", answer: 42, yes: true });
    assert.deepEqual([echo.args.foo, echo.args.answer, echo.args.yes], ["bar", "42", "true"]);

    const me = await bot.auth.test();
    assert.equal(me.url, `${url}/w/acme-east/`);
    assert.deepEqual([me.user, me.team_id, me.bot_id], ["frontdesk", "T0EAST00001", "B0DESK00001"]);
    assert.ok(me.response_metadata.scopes.includes("chat:write"));

    const org = await client("xoxp-ada-org").auth.test();
    assert.deepEqual([org.url, org.is_enterprise_install], [`${url}/o/acme/`, true]);
    const { teams } = await client("xoxp-ada-org").auth.teams.list({ limit: 10 });
    assert.deepEqual(teams.map((team) => team.name).sort(), ["Acme East", "Acme Labs", "Acme West"]);

    const { team } = await bot.team.info();
    assert.deepEqual([team.id, team.domain, team.enterprise_id], ["T0EAST00001", "acme-east", "E0ACME00001"]);
    const about = await client(CHO).bots.info({ bot: "B0DESK00001" });
    assert.deepEqual([about.bot.name, about.bot.app_id], ["frontdesk", "A0DESK00001"]);
  },

  async people() {
    const bot = client(BOT);
    const { user } = await bot.users.info({ user: "W0CHO000001", include_locale: true });
    assert.deepEqual([user.name, user.profile.email, user.locale], ["cho", "cho@acme.test", "ko-KR"]);
    const { members } = await bot.users.list({ limit: 100 });
    assert.ok(members.some((member) => member.id === "W0OLD000001" && member.deleted));
    assert.equal((await bot.users.lookupByEmail({ email: "ada@acme.test" })).user.id, "W0ADA000001");
    assert.equal((await bot.users.profile.get({ user: "W0CHO000001" })).profile.real_name, "Cho Castle");
    const { channels } = await bot.users.conversations({ types: "public_channel,private_channel", exclude_archived: true });
    assert.deepEqual(channels.map((channel) => channel.name), ["general"]);
    const identity = await client("xoxp-dev-west").users.identity();
    assert.deepEqual([identity.user.id, identity.team.id], ["W0DEV000001", "T0WEST00001"]);
  },

  async pages() {
    const bot = client(BOT);
    const whole = (await bot.users.list()).members.map((member) => member.id);
    const ids = [];
    let pages = 0;
    for await (const page of bot.paginate("users.list", { limit: 2 })) {
      ids.push(...page.members.map((member) => member.id));
      pages += 1;
    }
    assert.deepEqual(ids, whole);
    assert.equal(pages, Math.ceil(whole.length / 2));

    const names = await client(CHO).paginate(
      "users.conversations",
      { limit: 1, types: "public_channel,mpim" },
      () => false,
      (found, page) => [...(found ?? []), ...page.channels.map((channel) => channel.id)],
    );
    assert.deepEqual(names.sort(), ["C0ARCHIVED1", "C0GENERAL01", "C0SHARED001", "G0ADABENCHO"]);
  },

  async errors() {
    assert.equal((await refused(client(BOT).users.info({ user: "W0NOBODY001" }))).error, "user_not_found");
    assert.equal((await refused(client("xoxb-nobody").auth.test())).error, "invalid_auth");
    assert.equal((await refused(client().auth.test())).error, "not_authed");
    assert.equal((await refused(client("xoxp-cho-expired").auth.test())).error, "token_expired");
    assert.equal((await refused(client(BOT).api.test({ error: "my_error" }))).error, "my_error");
    assert.equal((await refused(client(BOT).apiCall("no.such"))).error, "unknown_method");
    const scopes = await refused(client("xoxp-dev-west").users.info({ user: "W0DEV000001" }));
    assert.deepEqual([scopes.error, scopes.needed], ["missing_scope", "users:read"]);
    const limit = await refused(client(BOT).users.conversations({ limit: 1000 }));
    assert.equal(limit.error, "invalid_limit");
  },

  async changes() {
    const cho = client(CHO);
    const { profile } = await cho.users.profile.set({ profile: { status_text: "Döner", status_emoji: ":burrito:" } });
    assert.equal(profile.status_text, "Döner");
    assert.equal((await cho.users.profile.get()).profile.status_text, "Döner");

    await cho.users.setPresence({ presence: "away" });
    assert.equal((await cho.users.getPresence()).manual_away, true);
    await cho.users.setPresence({ presence: "auto" });
    assert.equal((await cho.users.getPresence()).presence, "active");
    assert.equal((await cho.apiCall("users.setActive")).warning, "method_deprecated");

    // Version 8 sends Buffers only; 7 streams as well, which arrive in chunks of no announced length.
    const pictures = [PICTURE];
    if (packageName === "slack-web-api-7") pictures.push(Readable.from([PICTURE.subarray(0, 40), PICTURE.subarray(40)]));
    for (const image of pictures) {
      const set = await cho.users.setPhoto({ image });
      assert.match(set.profile.avatar_hash, /^[0-9a-f]{12}$/);
      const shown = (await cho.users.info({ user: "W0CHO000001" })).user.profile;
      assert.equal(shown.avatar_hash, set.profile.avatar_hash);
      const answer = await fetch(shown.image_72);
      assert.deepEqual([answer.status, answer.headers.get("content-type")], [200, "image/png"]);
      await cho.users.deletePhoto();
      assert.match((await cho.users.info({ user: "W0CHO000001" })).user.profile.avatar_hash, /^g/);
    }
    assert.equal((await refused(cho.users.setPhoto({ image: Buffer.from("no picture") }))).error, "bad_image");

    assert.equal((await cho.auth.revoke({ test: true })).revoked, false);
    assert.equal((await cho.auth.revoke()).revoked, true);
    assert.equal((await refused(cho.auth.test())).error, "token_revoked");
  },

  // The server's limits are set so that one call a second passes once the burst is used up.
  async limits() {
    const patient = client(BOT, { retryConfig: { retries: 2, minTimeout: 1 } });
    const waits = [];
    patient.on("rate_limited", (seconds) => waits.push(seconds));
    for (let call = 0; waits.length === 0; call += 1) {
      assert.ok(call < 200, "no call was limited");
      assert.equal((await patient.users.list({ limit: 1 })).ok, true);
    }
    assert.deepEqual(waits, [1]);

    const hasty = client(BOT, { rejectRateLimitedCalls: true });
    const calls = await Promise.allSettled(Array.from({ length: 4 }, () => hasty.users.list({ limit: 1 })));
    const rejected = calls.filter((call) => call.status === "rejected").map((call) => call.reason);
    assert.ok(rejected.length > 0);
    for (const error of rejected) assert.deepEqual([error.code, error.retryAfter], [ErrorCode.RateLimitedError, 1]);
  },
};

await scenarios[scenario]();

// Bolt for JavaScript against a running server over the harbour (tests/sdk/harbour.py): node bolt.mjs URL
//
// Events are handed to it here; what its listeners do with them are calls of a real server.

import assert from "node:assert/strict";

import bolt from "@slack/bolt";
import { WebClient } from "@slack/web-api";

const [url] = process.argv.slice(2);
const clientOptions = { slackApiUrl: `${url}/api/` };
const options = { signingSecret: "tug-signing-secret", clientOptions, logLevel: bolt.LogLevel.ERROR };

const TEAM = "T0HARBOR001";
const ANN = "W0ANN000001";
const TUG = "W0TUG000001";
const ann = new WebClient("xoxp-ann", clientOptions);

async function dispatch(app, inner) {
  const body = {
    type: "event_callback",
    team_id: TEAM,
    api_app_id: "A0TUG000001",
    event: { ...inner, event_ts: inner.ts },
    authorizations: [{ enterprise_id: null, team_id: TEAM, user_id: TUG, is_bot: true }],
  };
  let acknowledged = false;
  await app.processEvent({ body, ack: async () => { acknowledged = true; } });
  assert.ok(acknowledged);
}

const { channel: { id: channel } } = await ann.conversations.create({ name: "slipway" });
await ann.conversations.invite({ channel, users: TUG });
const called = await ann.chat.postMessage({ channel, text: `<@${TUG}> tow me` });
const mention = { type: "app_mention", user: ANN, text: called.message.text, ts: called.ts, channel };

// It asks who it is, answers in a thread, reacts, edits and deletes.
const app = new bolt.App({ ...options, token: "xoxb-tug", deferInitialization: true });
await app.init();
app.error(async (error) => { throw error; });
app.event("app_mention", async ({ event, say, client, context }) => {
  assert.deepEqual([context.botUserId, context.botId, context.botToken], [TUG, "B0TUG000001", "xoxb-tug"]);
  const answer = await say({ text: "On my way", thread_ts: event.ts });
  await client.reactions.add({ channel: event.channel, timestamp: event.ts, name: "anchor" });
  await client.chat.update({ channel: answer.channel, ts: answer.ts, text: "Towed" });
  const slip = await say("Oops");
  await client.chat.delete({ channel: slip.channel, ts: slip.ts });
});
await dispatch(app, mention);
const [parent, reply] = (await ann.conversations.replies({ channel, ts: called.ts })).messages;
assert.deepEqual(parent.reactions, [{ name: "anchor", users: [TUG], count: 1 }]);
assert.deepEqual([reply.text, reply.edited.user, reply.thread_ts], ["Towed", TUG, called.ts]);
assert.equal((await ann.conversations.history({ channel, limit: 1 })).messages[0].ts, called.ts);

// It does not hear itself.
let heard = 0;
app.message(async () => { heard += 1; });
await dispatch(app, { ...reply, channel, channel_type: "channel" });
assert.equal(heard, 0);
await dispatch(app, { ...mention, type: "message", channel_type: "channel" });
assert.equal(heard, 1);

// An app of many workspaces finds the token for each event.
const authorize = async ({ teamId }) => {
  const { bot_id: botId, user_id: botUserId, team_id: found } = await new WebClient("xoxb-tug", clientOptions).auth.test();
  assert.equal(found, teamId);
  return { botToken: "xoxb-tug", botId, botUserId, teamId };
};
const many = new bolt.App({ ...options, authorize });
many.event("app_mention", async ({ say }) => { await say("Found the token"); });
await dispatch(many, mention);
assert.equal((await ann.conversations.history({ channel, limit: 1 })).messages[0].text, "Found the token");

// It does not start with a wrong token.
const wrong = new bolt.App({ ...options, token: "xoxb-nobody", deferInitialization: true });
await assert.rejects(wrong.init(), (error) => error.data?.error === "invalid_auth" || /invalid_auth/.test(error.message));

// Scheduled messages against a running server over the harbour (tests/sdk/harbour.py), whose clock is moved:
// node scheduled.mjs PACKAGE URL KEY

import assert from "node:assert/strict";

import { connect } from "./sdk.mjs";

const [packageName, url, key] = process.argv.slice(2);
const { client, refused } = await connect(packageName, url);

const bot = client("xoxb-tug");
const ann = client("xoxp-ann");
const code = async (call) => (await refused(call)).error;

async function clock(change) {
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const answer = await fetch(`${url}/_gridhall/clock`, { method: "POST", headers, body: JSON.stringify(change) });
  assert.equal(answer.status, 200);
  return answer.json();
}

const now = Math.floor((await clock({ freeze: true })).now);
const { channel: { id: channel } } = await ann.conversations.create({ name: `tide-${packageName.replace(/\W/g, "")}` });
await ann.conversations.invite({ channel, users: "W0TUG000001" });

const ids = [];
for (const [text, ahead] of [["Second", 300], ["First", 200], ["Never", 250]]) {
  const answer = await bot.chat.scheduleMessage({
    channel,
    text,
    post_at: now + ahead,
    metadata: { event_type: "tide", event_payload: { height: 4 } },
  });
  assert.deepEqual([answer.channel, answer.post_at, answer.message.type], [channel, now + ahead, "delayed_message"]);
  assert.equal(answer.message.bot_profile.name, "tug");
  ids.push(answer.scheduled_message_id);
}
await bot.chat.scheduleMessage({
  channel,
  post_at: String(now + 301),
  text: "Third",
  blocks: [{ type: "section", text: { type: "mrkdwn", text: "*Third*" } }],
});
assert.equal(await code(ann.chat.deleteScheduledMessage({ channel, scheduled_message_id: ids[2] })), "invalid_scheduled_message_id");
assert.ok((await bot.chat.deleteScheduledMessage({ channel, scheduled_message_id: ids[2] })).ok);

const listed = [];
for await (const page of bot.paginate("chat.scheduledMessages.list", { channel, limit: 2 })) {
  listed.push(...page.scheduled_messages.map((one) => one.text));
}
assert.deepEqual(listed, ["First", "Second", "Third"]);
const { scheduled_messages: late } = await bot.chat.scheduledMessages.list({ oldest: String(now + 300), limit: 1 });
assert.deepEqual([late[0].id, late[0].channel_id, late[0].post_at], [ids[0], channel, now + 300]);

assert.equal(await code(bot.chat.scheduleMessage({ channel, text: "x", post_at: now })), "time_in_past");
assert.equal(await code(bot.chat.scheduleMessage({ channel, text: "x", post_at: now + 10_368_001 })), "time_too_far");
assert.equal(await code(bot.chat.scheduledMessages.list({ channel: "C0NOWHERE01" })), "invalid_channel");

assert.equal((await clock({ advance: 300, settle: true })).settled, true);
const { messages } = await ann.conversations.history({ channel, limit: 2 });
assert.deepEqual(messages.map((message) => message.text), ["Second", "First"]);
assert.deepEqual(messages.map((message) => message.ts.split(".")[0]), [String(now + 300), String(now + 300)]);

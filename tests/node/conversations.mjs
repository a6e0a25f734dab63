// Conversations and messages against a running server over the harbour (tests/sdk/harbour.py):
// node conversations.mjs PACKAGE URL SCENARIO

import assert from "node:assert/strict";

import { connect } from "./sdk.mjs";

const [packageName, url, scenario] = process.argv.slice(2);
const { client, refused } = await connect(packageName, url);

const BOT = "xoxb-tug";
const ANN = "W0ANN000001";
const BEA = "W0BEA000001";
const CAI = "W0CAI000001";
const TUG = "W0TUG000001";
const GENERAL = "C0HARBOR001";
const LOG = "C0LOG000001";
const MESSAGES = 10_000;
const STORM = "C0STORM0001";
const PARENT = "1600000000.000100";
const REPLIES = 2_500;
const WRECK = "C0WRECK0001";
const YARD = "C0YARD00001";

const bot = client(BOT);
const ann = client("xoxp-ann");
const bea = client("xoxp-bea");

const texts = (messages) => messages.map((message) => message.text);
const code = async (call) => (await refused(call)).error;

const scenarios = {
  async talk() {
    const { channel: made } = await ann.conversations.create({ name: `jetty-${packageName.replace(/\W/g, "")}` });
    assert.deepEqual([made.creator, made.is_private, made.is_channel], [ANN, false, true]);
    const channel = made.id;
    await ann.conversations.invite({ channel, users: `${BEA},${TUG}` });
    await ann.conversations.setTopic({ channel, topic: "Tides" });
    await ann.conversations.setPurpose({ channel, purpose: "To moor" });
    const { channel: seen } = await bot.conversations.info({ channel, include_num_members: true });
    assert.deepEqual([seen.topic.value, seen.purpose.value, seen.num_members, seen.is_member], ["Tides", "To moor", 3, true]);
    assert.deepEqual((await bot.conversations.members({ channel })).members.sort(), [ANN, BEA, TUG]);

    // Posted, read, answered in a thread.
    const posted = await bot.chat.postMessage({
      channel,
      text: "Who is in?",
      blocks: [{ type: "section", text: { type: "mrkdwn", text: "*Who* is in?" } }],
    });
    assert.deepEqual([posted.message.user, posted.message.bot_id, posted.message.app_id], [TUG, "B0TUG000001", "A0TUG000001"]);
    const ts = posted.ts;
    const [latest] = (await bea.conversations.history({ channel, limit: 1 })).messages;
    assert.deepEqual([latest.ts, latest.text, latest.blocks[0].type], [ts, "Who is in?", "section"]);
    const reply = await bea.chat.postMessage({ channel, text: "I am", thread_ts: ts });
    const loud = await ann.chat.postMessage({ channel, text: "So am I", thread_ts: ts, reply_broadcast: true });
    assert.equal(loud.message.subtype, "thread_broadcast");
    const thread = (await bot.conversations.replies({ channel, ts })).messages;
    assert.deepEqual(texts(thread), ["Who is in?", "I am", "So am I"]);
    assert.deepEqual([thread[0].reply_count, thread[0].reply_users, thread[1].parent_user_id], [2, [BEA, ANN], TUG]);

    // Edited and deleted.
    const edited = await bea.chat.update({ channel, ts: reply.ts, text: "I was" });
    assert.equal(edited.text, "I was");
    assert.equal((await bot.conversations.replies({ channel, ts })).messages[1].edited.user, BEA);
    assert.equal(await code(ann.chat.update({ channel, ts: reply.ts, text: "Nobody" })), "cant_update_message");
    await bea.chat.delete({ channel, ts: reply.ts });
    assert.deepEqual(texts((await bot.conversations.replies({ channel, ts })).messages), ["Who is in?", "So am I"]);
    assert.equal(await code(bea.chat.delete({ channel, ts: reply.ts })), "message_not_found");

    // Reacted to and pinned.
    await bea.reactions.add({ channel, timestamp: ts, name: "anchor" });
    await ann.reactions.add({ channel, timestamp: ts, name: "anchor" });
    const expected = [{ name: "anchor", users: [BEA, ANN], count: 2 }];
    assert.deepEqual((await bot.reactions.get({ channel, timestamp: ts })).message.reactions, expected);
    assert.equal((await ann.reactions.list({ limit: 1 })).items[0].message.ts, ts);
    await ann.reactions.remove({ channel, timestamp: ts, name: "anchor" });
    await bot.pins.add({ channel, timestamp: ts });
    const { items } = await ann.pins.list({ channel });
    assert.deepEqual(items.map((item) => [item.created_by, item.message.ts]), [[TUG, ts]]);
    const history = await ann.conversations.history({ channel });
    const shown = history.messages.find((message) => message.ts === ts);
    assert.deepEqual([history.pin_count, shown.pinned_to, shown.reactions[0].count], [1, [channel], 1]);
    await ann.pins.remove({ channel, timestamp: ts });

    // Said in other ways.
    const me = await ann.chat.meMessage({ channel, text: "waves" });
    assert.equal((await bot.conversations.history({ channel, limit: 1 })).messages[0].subtype, "me_message");
    assert.ok((await bot.chat.postEphemeral({ channel, user: BEA, text: "Psst" })).message_ts);
    assert.equal((await bot.conversations.history({ channel, limit: 1 })).messages[0].ts, me.ts);
    const { permalink } = await bot.chat.getPermalink({ channel, message_ts: loud.ts });
    assert.ok(permalink.endsWith(`/archives/${channel}/p${loud.ts.replace(".", "")}?thread_ts=${ts}&cid=${channel}`), permalink);

    // Left and closed down.
    await bea.conversations.mark({ channel, ts: me.ts });
    await ann.conversations.rename({ channel, name: `${made.name}-old` });
    await bea.conversations.leave({ channel });
    await ann.conversations.kick({ channel, user: TUG });
    await ann.conversations.archive({ channel });
    assert.equal(await code(ann.chat.postMessage({ channel, text: "Too late" })), "is_archived");
    await ann.conversations.unarchive({ channel });
    const joined = await bea.conversations.join({ channel });
    assert.deepEqual([joined.channel.name, joined.channel.previous_names], [`${made.name}-old`, [made.name]]);
    const warned = await bea.conversations.join({ channel });
    assert.deepEqual(warned.response_metadata.warnings, ["already_in_channel"]);
  },

  async stream() {
    const { channel: made } = await ann.conversations.create({ name: `signals-${packageName.replace(/\W/g, "")}` });
    const channel = made.id;
    await ann.conversations.invite({ channel, users: `${BEA},${TUG}` });
    const { ts: thread_ts } = await bea.chat.postMessage({ channel, text: "When is the tide?" });
    const args = { channel, thread_ts, recipient_user_id: BEA, recipient_team_id: "T0HARBOR001" };
    const replies = async () => (await bea.conversations.replies({ channel, ts: thread_ts })).messages.slice(1);

    const text = bot.chatStream({ ...args, buffer_size: 8 });
    assert.equal(await text.append({ markdown_text: "At " }), null);
    const { ts } = await text.append({ markdown_text: "**nine**" });
    assert.equal((await replies())[0].streaming_state, "in_progress");
    assert.equal((await text.append({ markdown_text: " and again " })).ts, ts);
    const divider = { type: "divider" };
    const metadata = { event_type: "told", event_payload: { tide: 1 } };
    const { message } = await text.stop({ markdown_text: "at ten", blocks: [divider], metadata });
    assert.deepEqual([message.ts, message.streaming_state, message.thread_ts], [ts, "completed", thread_ts]);
    assert.equal(message.blocks.at(-1).type, "divider");
    assert.ok((await replies())[0].text.endsWith("and again at ten"));

    const plan = bot.chatStream({ ...args, task_display_mode: "plan" });
    const task = { type: "task_update", id: "1", title: "Look" };
    await plan.append({ chunks: [{ type: "plan_update", title: "The tide" }, { ...task, status: "in_progress" }] });
    await plan.append({ chunks: [{ ...task, status: "complete", output: "9" }, { type: "blocks", blocks: [divider] }] });
    const { message: planned } = await plan.stop();
    assert.deepEqual(planned.blocks.map((block) => block.type), ["plan", "divider"]);
    assert.deepEqual(planned.blocks[0].tasks.map(({ title, status }) => [title, status]), [["Look", "complete"]]);
    assert.equal(await code(bot.chat.appendStream({ channel, ts, markdown_text: "x" })), "message_not_in_streaming_state");
  },

  async direct() {
    const { channel } = await ann.conversations.open({ users: BEA });
    const opened = await bea.conversations.open({ users: ANN, return_im: true });
    assert.deepEqual([opened.channel.id, opened.channel.user], [channel.id, ANN]);
    const { ts } = await ann.chat.postMessage({ channel: channel.id, text: "Ahoy" });
    assert.equal((await bea.conversations.info({ channel: channel.id })).channel.latest.ts, ts);
    const group = (await ann.conversations.open({ users: [BEA, CAI].join(",") })).channel.id;
    assert.notEqual(group, channel.id);
    const types = "im,mpim";
    const ids = (await ann.conversations.list({ types })).channels.map((listed) => listed.id);
    assert.ok(ids.includes(channel.id) && ids.includes(group));
    await ann.conversations.close({ channel: channel.id });
    assert.equal((await ann.conversations.close({ channel: channel.id })).already_closed, true);
    assert.match((await bot.chat.postMessage({ channel: CAI, text: "Toot" })).channel, /^D/);
  },

  async history() {
    const newestFirst = Array.from({ length: MESSAGES }, (_, number) => String(MESSAGES - 1 - number));
    // Between any two pages somebody posts.
    const found = [];
    for await (const page of bot.paginate("conversations.history", { channel: LOG, limit: 500 })) {
      found.push(...texts(page.messages));
      await ann.chat.postMessage({ channel: LOG, text: "Meanwhile" });
    }
    assert.deepEqual(found, newestFirst);

    const again = await bot.paginate(
      "conversations.history",
      { channel: LOG, limit: 999, latest: "1600010000.000000" },
      () => false,
      (all, page) => [...(all ?? []), ...texts(page.messages)],
    );
    assert.deepEqual(again, newestFirst);

    const replies = [];
    for await (const page of bot.paginate("conversations.replies", { channel: STORM, ts: PARENT, limit: 200 })) {
      replies.push(...page.messages.filter((message) => message.ts !== PARENT));
    }
    assert.deepEqual(texts(replies), Array.from({ length: REPLIES }, (_, number) => String(number)));
  },

  async lists() {
    const ids = [];
    for await (const page of ann.paginate("conversations.list", { limit: 2, exclude_archived: true })) {
      assert.ok(page.channels.length <= 2);
      ids.push(...page.channels.map((channel) => channel.id));
    }
    assert.equal(new Set(ids).size, ids.length);
    assert.ok([GENERAL, LOG, STORM, YARD].every((id) => ids.includes(id)) && !ids.includes(WRECK));
    const members = [];
    for await (const page of ann.paginate("conversations.members", { channel: GENERAL, limit: 2 })) members.push(...page.members);
    assert.equal(new Set(members).size, members.length);
    assert.equal(members.length, 6);
  },

  async errors() {
    const channel = YARD;
    assert.equal(await code(ann.chat.postMessage({ channel: "C0NOWHERE01", text: "?" })), "channel_not_found");
    assert.equal(await code(bea.chat.postMessage({ channel, text: "?" })), "not_in_channel");
    assert.equal(await code(ann.apiCall("chat.postMessage", { channel })), "no_text");
    assert.equal(await code(ann.conversations.create({ name: "pier" })), "name_taken");
    assert.equal(await code(ann.conversations.create({ name: "No Such Name" })), "invalid_name_specials");
    assert.equal(await code(bot.conversations.history({ channel })), "not_in_channel");
    assert.equal(await code(ann.conversations.history({ channel, cursor: "nonsense" })), "invalid_cursor");
    assert.equal(await code(ann.conversations.replies({ channel, ts: "1500000000.000001" })), "thread_not_found");
    assert.equal(await code(ann.conversations.leave({ channel: GENERAL })), "cant_leave_general");
    const invited = await refused(ann.conversations.invite({ channel, users: `W0NOBODY001,${ANN}` }));
    assert.equal(invited.error, "user_not_found");
    assert.deepEqual(invited.errors.map((each) => [each.user, each.ok, each.error]), [
      ["W0NOBODY001", false, "user_not_found"],
      [ANN, false, "cant_invite_self"],
    ]);
    const scopes = await refused(client("xoxb-tug-narrow").reactions.add({ channel: LOG, timestamp: PARENT, name: "anchor" }));
    assert.deepEqual([scopes.error, scopes.needed, scopes.provided], ["missing_scope", "reactions:write", "channels:read,chat:write"]);
  },
};

await scenarios[scenario]();

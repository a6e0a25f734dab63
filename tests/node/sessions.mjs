// admin.users.session.* against a running server over tests/data/guild.yaml: node sessions.mjs PACKAGE URL

import assert from "node:assert/strict";

import { connect } from "./sdk.mjs";

const [packageName, url] = process.argv.slice(2);
const { client, refused } = await connect(packageName, url);

const owner = client("xoxp-ola-org").admin.users.session;
const admin = client("xoxp-abe-org").admin.users.session;
const code = async (call) => (await refused(call)).error;
const [MIA, MAX, DAN, PIA, BOT] = ["W0MIA000001", "W0MAX000001", "W0DAN000001", "W0PIA000001", "W0WARDEN001"];
const SMITHS = "T0SMITH0001";

// Everybody's, page by page, as the SDK turns them.
const found = [];
for await (const page of client("xoxp-abe-org").paginate("admin.users.session.list", { limit: 3 })) {
  found.push(...page.active_sessions);
}
assert.deepEqual(found.map((session) => session.session_id - 1e12), [1, 2, 3, 4, 5, 6, 7, 8]);
const whole = await owner.list();
assert.deepEqual(whole.active_sessions, found);
assert.equal(whole.response_metadata.next_cursor, "");

// A session that changed tells both devices, another one only the first.
const { active_sessions: [mac, phone] } = await owner.list({ user_id: MIA, team_id: SMITHS });
assert.deepEqual([mac.created.os_version, mac.recent.os_version], ["10.15.7", "11.6.0"]);
assert.deepEqual([phone.created.os, "recent" in phone], ["iOS", false]);

assert.equal(await code(owner.list({ user_id: MIA })), "missing_team");
assert.equal(await code(client("xoxp-mia-org").admin.users.session.list()), "not_an_admin");
assert.equal(await code(client("xoxb-warden-org").admin.users.session.list()), "not_allowed_token_type");

// The SDK's types know no user_id, and send it all the same.
assert.ok((await owner.invalidate({ user_id: MIA, session_id: String(mac.session_id), team_id: SMITHS })).ok);
assert.equal(await code(owner.invalidate({ session_id: String(phone.session_id), team_id: SMITHS })), "invalid_arguments");

// Lists of people go as JSON.
assert.ok((await admin.setSettings({ user_ids: [MIA, MAX], duration: 2592000, desktop_app_browser_quit: false })).ok);
const told = await admin.getSettings({ user_ids: [MAX, MIA] });
assert.deepEqual(told.session_settings, [MAX, MIA].map((user_id) => ({ user_id, desktop_app_browser_quit: false, duration: 2592000 })));
assert.ok((await admin.clearSettings({ user_ids: [MIA, MAX] })).ok);
assert.deepEqual((await admin.getSettings({ user_ids: [MIA, MAX] })).no_settings_applied, [MIA, MAX]);

assert.ok((await owner.reset({ user_id: MIA, mobile_only: true })).ok);
assert.equal(await code(owner.list({ user_id: MIA, team_id: SMITHS })), "no_active_sessions");
assert.ok((await owner.reset({ user_id: MIA, mobile_only: false })).ok);
assert.equal(await code(owner.reset({ user_id: PIA })), "cannot_reset_primary_owner");
assert.equal(await code(owner.resetBulk({ user_ids: [MIA, BOT] })), "cannot_reset_bot");
const some = await refused(owner.resetBulk({ user_ids: [MAX, DAN] }));
assert.equal(some.error, "failed_for_some_users");
assert.deepEqual(some.response_metadata.messages, [DAN]);

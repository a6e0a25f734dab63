// oversight.*, which the SDK has no functions for, and admin.conversations.* against a running server over
// tests/data/states.yaml: node oversight.mjs PACKAGE URL

import assert from "node:assert/strict";

import { connect } from "./sdk.mjs";

const [packageName, url] = process.argv.slice(2);
const { client, refused } = await connect(packageName, url);

const owner = client("xoxp-owen-org");
const look = (name, args) => owner.apiCall(`oversight.${name}`, args);
const code = async (call) => (await refused(call)).error;
const [HALL, MIA, MAIN] = ["C0HALL00001", "W0MIA000001", "T0MAIN00001"];
const ids = (entries) => entries.map((entry) => entry.id);

assert.equal((await look("enterprise.info")).enterprise.id, "E0STATES001");
assert.equal((await look("user.info", { email: "mia@states.test" })).user.id, MIA);
assert.deepEqual(ids((await look("user.conversations", { user: MIA, only_im: true })).channels), ["D0MIAADA001"]);
assert.equal((await look("conversations.info", { channel: HALL })).info[0].name, "hall");
assert.ok(ids((await look("conversations.members", { channel: HALL })).members).includes(MIA));
assert.ok(ids((await look("conversations.list", { team: MAIN })).channels).includes(HALL));

// Page by page, as the SDK turns them by cursors.
const { users } = await look("users.list");
const found = [];
for await (const page of owner.paginate("oversight.users.list", { limit: 3 })) {
  found.push(...ids(page.users));
}
assert.deepEqual(found, ids(users));

const { ts } = await client("xoxp-mia").chat.postMessage({ channel: HALL, text: "Our secret" });
const where = { channel: HALL, ts };
assert.equal((await look("chat.tombstone", where)).message.subtype, "dlp_tombstone");
const { edits } = await look("chat.info", where);
assert.equal(edits[0].previous.text, "Our secret");
assert.equal((await look("chat.restore", where)).message.text, "Our secret");
const quarantined = await look("chat.update", { ...where, text: "Withheld", attachments: [{ text: "Why" }] });
assert.deepEqual([quarantined.text, quarantined.message.attachments[0].text], ["Withheld", "Why"]);
assert.ok((await look("chat.delete", where)).ok);
assert.equal(await code(look("chat.info", where)), "message_not_found");

const { conversations } = owner.admin;
const { channel } = await client("xoxp-mia").conversations.create({ name: "short-lived" });
assert.ok((await conversations.setCustomRetention({ channel_id: channel.id, duration_days: 70 })).ok);
const kept = await conversations.getCustomRetention({ channel_id: channel.id });
assert.deepEqual([kept.is_policy_enabled, kept.duration_days], [true, 70]);
assert.ok((await conversations.removeCustomRetention({ channel_id: channel.id })).ok);
assert.ok((await conversations.delete({ channel_id: channel.id })).ok);
assert.equal((await look("conversations.info", { channel: channel.id })).info[0].is_deleted, true);

assert.equal(await code(client("xoxp-mia-org").apiCall("oversight.users.list")), "access_denied");
assert.equal(await code(client("xoxp-pam-org").apiCall("oversight.users.list")), "unknown_method");

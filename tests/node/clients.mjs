// A client with a session's token and cookie against a running server: node clients.mjs PACKAGE URL TOKEN COOKIE

import assert from "node:assert/strict";

import { connect } from "./sdk.mjs";

const [packageName, url, token, cookie] = process.argv.slice(2);
const { client, refused } = await connect(packageName, url);

const mia = client(token, { headers: { Cookie: `d=${cookie}` } });
const who = await mia.auth.test();
assert.equal(who.user, "mia");
assert.ok((await mia.chat.postMessage({ channel: "C0HALL00001", text: "From Node" })).ok);
const { messages } = await mia.conversations.history({ channel: "C0HALL00001", limit: 1 });
assert.deepEqual([messages[0].user, messages[0].text], [who.user_id, "From Node"]);

// Neither is worth anything alone.
assert.equal((await refused(client(token).auth.test())).error, "invalid_auth");
assert.equal((await refused(client(token, { headers: { Cookie: "d=xoxd-another" } }).auth.test())).error, "invalid_auth");
assert.equal((await refused(mia.admin.users.session.list())).error, "not_allowed_token_type");

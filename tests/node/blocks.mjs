// Blocks as @slack/types has them, against a running server over the harbour (tests/sdk/harbour.py): node blocks.mjs PACKAGE URL
//
// Of every kind that its declarations tell, one is posted and comes back unchanged but for new ids.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

import { connect } from "./sdk.mjs";

const [packageName, url] = process.argv.slice(2);
const { client, refused } = await connect(packageName, url);
const bot = client("xoxb-tug");

const PIER = "C0PIER00001";
const ANN = "W0ANN000001";
const PAGE = "https://pier.example";

const plain = (text = "Words") => ({ type: "plain_text", text, emoji: true });
const mrkdwn = (text = "*Words*") => ({ type: "mrkdwn", text, verbatim: true });
const placeholder = plain();
const confirm = { title: plain(), text: mrkdwn(), confirm: plain(), deny: plain(), style: "danger" };
const picture = { type: "image", image_url: `${PAGE}/a.png`, alt_text: "A pier" };
const option = { text: plain(), value: "1", description: plain() };
const marked = { text: mrkdwn(), value: "1" };
const filter = { include: ["im", "mpim", "private", "public"], exclude_external_shared_channels: true, exclude_bot_users: true };
const groups = [{ label: plain(), options: [option] }];
const button = { type: "button", text: plain(), value: "1", url: PAGE, style: "primary", accessibility_label: "Go", confirm };
const style = { bold: true, italic: true, strike: true, code: true, underline: true };
const words = { type: "text", text: "Words", style };
const line = { type: "rich_text_section", elements: [words] };
const rich = { type: "rich_text", elements: [line] };
const rating = { text: plain(), value: "1", accessibility_label: "Good" };
const card = {
  type: "card",
  hero_image: picture,
  icon: picture,
  title: mrkdwn(),
  subtitle: mrkdwn(),
  body: mrkdwn(),
  actions: [button],
};
const task = {
  type: "task_card",
  task_id: "1",
  title: "Look",
  details: rich,
  output: rich,
  sources: [{ type: "url", url: PAGE, text: "Pier" }],
  status: "in_progress",
};
const cells = [[{ type: "raw_text", text: "x" }, { type: "raw_number", value: 1.5, text: "1.50" }]];

const acting = [
  button,
  { type: "checkboxes", options: [marked, option], initial_options: [marked], confirm, focus_on_load: false },
  { type: "datepicker", initial_date: "2024-02-29", placeholder, confirm, focus_on_load: false },
  { type: "datetimepicker", initial_date_time: 1700000000, confirm, focus_on_load: false },
  { type: "timepicker", initial_time: "09:30", timezone: "Europe/Rome", placeholder },
  { type: "overflow", options: [option, { ...option, url: PAGE }], confirm },
  { type: "radio_buttons", options: [marked, option], initial_option: option, confirm },
  { type: "users_select", initial_user: ANN, placeholder },
  { type: "multi_users_select", initial_users: [ANN], max_selected_items: 1, placeholder },
  { type: "static_select", option_groups: groups, initial_option: option, placeholder },
  { type: "multi_static_select", options: [option], initial_options: [option], max_selected_items: 1 },
  { type: "conversations_select", initial_conversation: PIER, filter, response_url_enabled: true },
  { type: "multi_conversations_select", default_to_current_conversation: true, filter, max_selected_items: 1 },
  { type: "channels_select", initial_channel: PIER, response_url_enabled: true },
  { type: "multi_channels_select", initial_channels: [PIER], max_selected_items: 1 },
  { type: "external_select", initial_option: option, min_query_length: 0 },
  { type: "multi_external_select", initial_options: [option], min_query_length: 1, max_selected_items: 1 },
  {
    type: "workflow_button",
    text: plain(),
    workflow: { trigger: { url: PAGE, customizable_input_parameters: [{ name: "a", value: "b" }] } },
    style: "danger",
    accessibility_label: "Go",
    confirm,
  },
];

const leaves = [
  words,
  { type: "broadcast", range: "everyone", style },
  { type: "color", value: "#F405B3", style },
  { type: "channel", channel_id: PIER, style },
  { type: "date", timestamp: 1, format: "{date}", url: PAGE, fallback: "then", style },
  { type: "emoji", name: "wave", unicode: "1f44b", url: `${PAGE}/wave.png`, style },
  { type: "link", url: PAGE, text: "Pier", unsafe: true, style },
  { type: "team", team_id: "T0HARBOR001", style },
  { type: "user", user_id: ANN, style },
  { type: "usergroup", usergroup_id: "S1", style },
];

const input = {
  type: "plain_text_input",
  initial_value: "x",
  multiline: true,
  min_length: 0,
  max_length: 9,
  dispatch_action_config: { trigger_actions_on: ["on_enter_pressed"] },
  placeholder,
};

const messages = [
  [
    { type: "section", text: mrkdwn(), fields: [plain(), mrkdwn()], accessory: picture, expand: true },
    { type: "divider", block_id: "line" },
    { type: "header", text: plain() },
    { type: "image", ...picture, title: plain() },
    { type: "image", alt_text: "A pier", slack_file: { id: "F1" } },
    { type: "context", elements: [picture, plain(), mrkdwn()] },
    { type: "markdown", text: "**Words**" },
    { type: "actions", elements: acting },
    { type: "input", label: plain(), hint: plain(), optional: true, dispatch_action: true, element: input },
    ...acting.map((element) => ({ type: "actions", elements: [element] })),
  ],
  [
    {
      type: "video",
      video_url: `${PAGE}/film`,
      thumbnail_url: `${PAGE}/a.png`,
      alt_text: "A film",
      title: plain(),
      title_url: PAGE,
      author_name: "Ann",
      provider_name: "Pier",
      provider_icon_url: `${PAGE}/i.png`,
      description: plain(),
    },
    {
      type: "context_actions",
      elements: [
        { type: "feedback_buttons", positive_button: rating, negative_button: rating },
        { type: "icon_button", icon: "trash", text: plain(), value: "1", visible_to_user_ids: [ANN], confirm },
      ],
    },
    {
      type: "rich_text",
      elements: [
        { type: "rich_text_section", elements: leaves },
        { type: "rich_text_list", style: "ordered", indent: 1, offset: 1, border: 1, elements: [line] },
        { type: "rich_text_quote", elements: leaves, border: 0 },
        { type: "rich_text_preformatted", elements: [words, { type: "link", url: PAGE }], border: 0 },
      ],
    },
    card,
    { type: "carousel", elements: [card, card] },
    task,
    { type: "plan", title: "Look", tasks: [task, { ...task, status: "pending" }] },
    {
      type: "container",
      title: plain(),
      rich_text_title: rich,
      subtitle: plain(),
      child_blocks: [{ type: "divider" }, { type: "actions", elements: [button] }, rich],
      width: "wide",
      icon: picture,
      is_collapsible: true,
      default_collapsed: true,
      has_header_divider: false,
    },
    { type: "table", rows: [[...cells[0], rich]], column_settings: [{ align: "center", is_wrapped: true }] },
  ],
  [{ type: "data_table", rows: [[cells[0][0], cells[0][0]], ...cells], caption: "Words", page_size: 1, row_header_column_index: 0 }],
];

// What apps cannot post: a view's own block, what only the platform adds, and inputs for views.
const views = ["email_text_input", "url_text_input", "number_input", "file_input", "rich_text_input"];
const unpostable = [
  { type: "alert", text: plain() },
  { type: "file", source: "remote", external_id: "1" },
  ...views.map((type) => ({ type: "input", label: plain(), element: { type } })),
];

const withoutNew = (kept, sent) => {
  if (Array.isArray(sent)) return kept.map((one, at) => withoutNew(one, sent[at]));
  if (sent === null || typeof sent !== "object") return kept;
  const names = Object.keys(kept).filter((name) => name in sent || !["block_id", "action_id"].includes(name));
  return Object.fromEntries(names.map((name) => [name, withoutNew(kept[name], sent[name])]));
};

const kindsIn = (value) => {
  if (value === null || typeof value !== "object") return [];
  const inner = Object.values(value).flatMap(kindsIn);
  return typeof value.type === "string" ? [value.type, ...inner] : inner;
};

// A declaration begins a kind with a line such as `type: 'section';`.
const types = join(dirname(createRequire(import.meta.url).resolve("@slack/types")), "block-kit");
const declared = ["blocks", "block-elements", "composition-objects"].flatMap((name) => {
  const lines = readFileSync(join(types, `${name}.d.ts`), "utf-8");
  return [...lines.matchAll(/^ {4}type: '(\w+)';$/gm)].map((found) => found[1]);
});
assert.ok(declared.length > 50, declared);
assert.deepEqual([...new Set(kindsIn([messages, unpostable]))].sort(), [...new Set(declared)].sort());

for (const blocks of messages) {
  const { ts, message } = await bot.chat.postMessage({ channel: PIER, text: "Words", blocks });
  const history = await bot.conversations.history({ channel: PIER, latest: ts, inclusive: true, limit: 1 });
  const kept = history.messages[0].blocks;
  assert.deepEqual(kept, message.blocks);
  assert.deepEqual(withoutNew(kept, blocks), blocks);
  assert.equal(new Set(kept.map((block) => block.block_id)).size, blocks.length);
}

for (const block of unpostable) {
  const answer = await refused(bot.chat.postMessage({ channel: PIER, text: "Words", blocks: [block] }));
  assert.equal(answer.error, "invalid_blocks");
  assert.match(answer.response_metadata.messages[0], /\[json-pointer:\/blocks\/0(\/element)?\/type\]$/);
}

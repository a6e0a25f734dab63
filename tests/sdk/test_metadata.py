"""What the platform's SDK for Python makes of metadata: posted, and told as it was sent."""

from itertools import count
from typing import Any

import pytest
from slack_sdk.models.basic_objects import JsonObject
from slack_sdk.models.metadata import (
    ContentItemEntityFields,
    CustomFieldType,
    EntityActionButton,
    EntityActionProcessingState,
    EntityActions,
    EntityArrayItemField,
    EntityAttributes,
    EntityBooleanCheckboxField,
    EntityBooleanTextField,
    EntityCustomField,
    EntityEditNumberConfig,
    EntityEditSelectConfig,
    EntityEditSupport,
    EntityEditTextConfig,
    EntityFullSizePreview,
    EntityFullSizePreviewError,
    EntityIconField,
    EntityIconSlackFile,
    EntityImageField,
    EntityMetadata,
    EntityPayload,
    EntityRefField,
    EntityStringField,
    EntityTimestampField,
    EntityTitle,
    EntityType,
    EntityTypedField,
    EntityUserField,
    EntityUserIDField,
    EventAndEntityMetadata,
    ExternalRef,
    FileEntityFields,
    FileEntitySlackFile,
    IncidentEntityFields,
    Metadata,
    TaskEntityFields,
)

from sdk.conftest import Clients
from sdk.harbour import BEA, BOT, MEMBER, OWNER, TUG

_numbers = count(1)

ICON = EntityIconField(alt_text="a pen", url="https://tasks.test/pen.png")
FILE_ICON = EntityIconField(alt_text="a file", slack_file=EntityIconSlackFile(id="F0123456", url="https://files.test/1"))
EDIT = EntityEditSupport(
    enabled=True,
    placeholder={"type": "plain_text", "text": "Write"},
    hint={"type": "plain_text", "text": "In words", "emoji": True},
    optional=False,
    select=EntityEditSelectConfig(
        current_value="1",
        current_values=["1"],
        static_options=[{"value": "1", "text": {"type": "plain_text", "text": "One"}}],
        fetch_options_dynamically=False,
        min_query_length=2,
    ),
    number=EntityEditNumberConfig(is_decimal_allowed=True, min_value=0, max_value=9.5),
    text=EntityEditTextConfig(min_length=1, max_length=3000),
)
TEXT = EntityStringField(value="open", label="Status", format="markdown", long=True, type="string", edit=EDIT)
TAG = EntityStringField(value="high", link="https://tasks.test", icon=ICON, tag_color="red")
WHEN = EntityTimestampField(value=1741164235, label="When", type="slack#/types/timestamp", edit=EDIT)
IMAGE = EntityImageField(
    alt_text="a view", label="View", image_url="https://a.test/1.png", title="View", type="slack#/types/image"
)
BY_ID = EntityTypedField(type="slack#/types/user", user=EntityUserIDField(user_id=BEA))
BY_NAME = EntityTypedField(
    type="slack#/types/user",
    label="By",
    user=EntityUserField(text="Bo", url="https://people.test/bo", email="bo@people.test", icon=FILE_ICON),
)
DUE = EntityTypedField(type="slack#/types/date", value="2026-06-06", edit=EDIT, long=False)
REF = EntityTypedField(
    type="slack#/types/entity_ref",
    entity_ref=EntityRefField(
        entity_url="https://tasks.test/2", external_ref=ExternalRef(id="2"), title="Another", display_type="Task", icon=ICON
    ),
)
FIELDS: dict[str, Any] = {
    "task": TaskEntityFields(
        description=TEXT, created_by=BY_ID, date_created=WHEN, date_updated=WHEN, assignee=BY_NAME, status=TAG, due_date=DUE,
        priority=TAG,
    ),
    "file": FileEntityFields(
        preview=IMAGE, created_by=BY_ID, date_created=WHEN, date_updated=WHEN, last_modified_by=BY_NAME, file_size=TEXT,
        mime_type=TEXT, full_size_preview=EntityFullSizePreview(is_supported=True),
    ),
    "incident": IncidentEntityFields(
        status=TAG, priority=TAG, urgency=TAG, created_by=BY_ID, assigned_to=BY_NAME, date_created=WHEN, date_updated=WHEN,
        description=TEXT, service=TEXT,
    ),
    "content_item": ContentItemEntityFields(
        preview=IMAGE, description=TEXT, created_by=BY_ID, date_created=WHEN, date_updated=WHEN, last_modified_by=REF
    ),
}  # fmt: skip
VALUES: dict[str, dict[str, Any]] = {
    "integer": {"value": 5},
    "string": {"value": "a", "icon": ICON},
    "array": {
        "item_type": "slack#/types/user",
        "value": [EntityArrayItemField(user=EntityUserIDField(user_id=BEA)), EntityArrayItemField(value="a")],
    },
    "boolean": {"value": 1, "boolean": EntityBooleanCheckboxField(type="checkbox", text="On", description="or off")},
    "slack#/types/image": {"slack_file": {"id": "F0123456"}, "alt_text": "a view"},
    "slack#/types/user": {"user": EntityUserField(text="Bo")},
    "slack#/types/entity_ref": {"entity_ref": REF.entity_ref},
    "slack#/types/timestamp": {"value": 1741164235},
}
WORDED = EntityBooleanTextField(
    type="text", true_text="Public", false_text="Private", true_description="for all", false_description="for some"
)
CUSTOM: list[Any] = [
    *(
        EntityCustomField(label=kind, key=kind, type=kind, **VALUES.get(kind, {"value": "a"}))
        for kind in sorted(CustomFieldType)
    ),
    EntityCustomField(label="Worded", key="worded", type="boolean", value=0, boolean=WORDED),
]
ACTION = EntityActionButton(
    text="Close",
    action_id="close",
    value="1",
    style="danger",
    url="https://tasks.test/close",
    accessibility_label="Close the task",
    processing_state=EntityActionProcessingState(enabled=True, interstitial_text="Closing"),
)


def entity(kind: str) -> EntityMetadata:
    """An entity of this kind with all that the SDK has for it."""
    preview = EntityFullSizePreview(
        is_supported=False,
        preview_url="https://a.test/1.pdf",
        mime_type="application/pdf",
        error=EntityFullSizePreviewError(code="custom", message="Too large"),
    )
    return EntityMetadata(
        entity_type=f"slack#/entities/{kind}",
        entity_payload=EntityPayload(
            attributes=EntityAttributes(
                title=EntityTitle(text="A thing", edit=EDIT),
                display_type="Thing",
                display_id="T-1",
                product_icon=ICON,
                product_name="Things",
                locale="en-US",
                full_size_preview=preview,
                metadata_last_modified=1741164235,
            ),
            fields=FIELDS.get(kind),
            # All kinds of fields at once are longer than what one message carries.
            custom_fields=CUSTOM if kind == "item" else CUSTOM[:2],
            slack_file=FileEntitySlackFile(id="F0123456", type="gif"),
            display_order=["string", "status"],
            actions=EntityActions(primary_actions=[ACTION, ACTION], overflow_actions=[ACTION]),
        ),
        external_ref=ExternalRef(id="1", type="thing"),
        url="https://tasks.test/1",
        app_unfurl_url="https://tasks.test/1?from=here",
    )


EVENT_TYPE = "departures"
PAYLOAD: dict[str, Any] = {"ferries": 3, "late": False, "first": {"name": "Tug"}, "all": [{"n": 1}]}
KINDS = sorted(kind.removeprefix("slack#/entities/") for kind in EntityType)


@pytest.mark.parametrize(
    "metadata",
    [
        Metadata(EVENT_TYPE, PAYLOAD),
        EventAndEntityMetadata(EVENT_TYPE, PAYLOAD, [entity("task")]),
        *(EventAndEntityMetadata(entities=[entity(kind)]) for kind in KINDS),
    ],
    ids=["event", "both", *KINDS],
)
def test_what_is_attached_comes_back_unchanged(sdk: Clients, metadata: JsonObject) -> None:
    channel = sdk(OWNER).conversations_create(name=f"attached-{next(_numbers)}")["channel"]["id"]
    sdk(OWNER).conversations_invite(channel=channel, users=[BEA, TUG])
    posted = sdk(BOT).chat_postMessage(channel=channel, text="Departures", metadata=metadata)
    sent = metadata.to_dict()
    assert posted["message"]["metadata"] == sent
    [message, *_] = sdk(MEMBER).conversations_history(channel=channel, include_all_metadata=True)["messages"]
    assert message["metadata"] == sent
    [message] = sdk(MEMBER).conversations_replies(channel=channel, ts=posted["ts"], include_all_metadata=True)["messages"]
    assert message["metadata"] == sent
    changed = sdk(BOT).chat_update(
        channel=channel, ts=posted["ts"], text="Arrivals", metadata=Metadata("arrivals", {"ferries": 2})
    )
    assert changed["message"]["metadata"] == {"event_type": "arrivals", "event_payload": {"ferries": 2}}

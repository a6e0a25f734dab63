"""users.setPhoto, users.deletePhoto, and the pictures at their addresses."""

import io
import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select

from gridhall.domain.imaging import MAX_FRAMES, SIZES
from gridhall.storage.statement import Statement
from gridhall.storage.tables import photos
from harness.audit import entries
from harness.live import Live, Reply

RED, GREEN, BLUE = (200, 30, 30), (30, 160, 60), (40, 60, 200)
NOON = 1700000000


def picture(width: int, height: int, left: tuple[int, int, int] = RED, right: tuple[int, int, int] = BLUE) -> Image.Image:
    """Two halves, side by side."""
    made = Image.new("RGB", (width, height), left)
    made.paste(right, (width // 2, 0, width, height))
    return made


def encoded(image: Image.Image, format: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def upload(live: Live, token: str, data: bytes, name: str = "image", /, **fields: object) -> dict[str, Any]:
    """Call users.setPhoto with a file."""
    boundary = b"a-boundary-that-no-picture-holds"
    parts = [b'Content-Disposition: form-data; name="%s"\r\n\r\n%s' % (k.encode(), str(v).encode()) for k, v in fields.items()]
    parts.append(
        b'Content-Disposition: form-data; name="%s"; filename="me"\r\nContent-Type: image/png\r\n\r\n%s' % (name.encode(), data)
    )
    body = b"".join(b"--%s\r\n%s\r\n" % (boundary, part) for part in parts) + b"--%s--\r\n" % boundary
    headers = {"content-type": f"multipart/form-data; boundary={boundary.decode()}", "authorization": f"Bearer {token}"}
    return live.request("POST", "/api/users.setPhoto", body, headers).json


def fetch(live: Live, address: str, **headers: str) -> Reply:
    return live.request("GET", address.removeprefix(live.url), headers=headers)


def shown(live: Live, address: str) -> Image.Image:
    """The picture at an address."""
    reply = fetch(live, address)
    assert (reply.status, reply.headers["content-type"]) == (200, "image/png")
    image = Image.open(io.BytesIO(reply.body), formats=["PNG"])
    image.load()
    return image


def near(image: Image.Image, x: float, y: float, colour: tuple[int, int, int]) -> bool:
    """Whether the colour at this place, given in shares of the sides, is about this one and opaque."""
    found = image.convert("RGBA").getpixel((int(x * image.width), int(y * image.height)))
    assert isinstance(found, tuple)
    return found[3] == 255 and all(abs(one - other) < 25 for one, other in zip(found, colour, strict=False))


def profile(live: Live, token: str = "xoxp-mia") -> dict[str, Any]:
    told: dict[str, Any] = live.call("users.profile.get", token)["profile"]
    return told


def kept(live: Live) -> int:
    """How many files of pictures the database holds."""

    async def unit(work: Any) -> int:
        count: int = await work.connection.one(Statement(select(func.count()).select_from(photos), int))
        return count

    found: int = live.on_loop(live.gridhall.storage.read(unit))
    return found


def test_a_picture_is_shown_in_every_size(any_campus: Live) -> None:
    any_campus.move(to=NOON)
    answer = upload(any_campus, "xoxp-mia", encoded(picture(600, 600), "JPEG", quality=95))
    told = answer["profile"]
    assert answer["ok"] is True
    assert told.keys() == {"avatar_hash", "image_original", *(f"image_{side}" for side in SIZES)}
    for side in SIZES:
        image = shown(any_campus, told[f"image_{side}"])
        assert image.size == (side, side)
        assert near(image, 0.25, 0.5, RED)
        assert near(image, 0.75, 0.5, BLUE)
    assert shown(any_campus, told["image_original"]).size == (600, 600)
    now = profile(any_campus)
    assert told.items() <= now.items()
    assert now["is_custom_image"] is True
    assert any_campus.call("users.info", "xoxp-max", user="W0MIA000001")["user"]["updated"] == NOON


@pytest.mark.parametrize("format", ["PNG", "JPEG", "GIF"])
def test_each_format_is_read_whatever_it_is_called(own_campus: Live, format: str) -> None:
    told = upload(own_campus, "xoxp-mia", encoded(picture(64, 64), format))["profile"]
    assert near(shown(own_campus, told["image_72"]), 0.2, 0.5, RED)


def test_a_crop_box_cuts_its_square_out(own_campus: Live) -> None:
    data = encoded(picture(100, 60))
    told = upload(own_campus, "xoxp-mia", data, crop_x=55, crop_y=10, crop_w=40)["profile"]
    image = shown(own_campus, told["image_192"])
    assert near(image, 0.1, 0.1, BLUE)
    assert near(image, 0.9, 0.9, BLUE)
    assert shown(own_campus, told["image_original"]).size == (100, 60)


def test_a_crop_box_begins_in_the_corner_unless_told(own_campus: Live) -> None:
    told = upload(own_campus, "xoxp-mia", encoded(picture(100, 60)), crop_w=40)["profile"]
    assert near(shown(own_campus, told["image_192"]), 0.9, 0.9, RED)


@pytest.mark.parametrize(
    "crop",
    [
        {"crop_x": 61, "crop_w": 40},
        {"crop_y": 30, "crop_w": 40},
        {"crop_w": 0},
        {"crop_w": -5},
        {"crop_x": -1, "crop_w": 5},
        {"crop_w": "wide"},
        {"crop_x": 10, "crop_y": 10},
    ],
)
def test_a_crop_box_lies_within_the_picture(campus: Live, crop: dict[str, object]) -> None:
    answer = upload(campus, "xoxp-mia", encoded(picture(100, 60)), **crop)
    assert (answer["ok"], answer["error"]) == (False, "invalid_arguments")
    assert "is_custom_image" not in profile(campus)


def test_a_picture_that_is_not_square_is_letterboxed(own_campus: Live) -> None:
    told = upload(own_campus, "xoxp-mia", encoded(picture(100, 50)))["profile"]
    image = shown(own_campus, told["image_192"]).convert("RGBA")
    assert near(image, 0.25, 0.5, RED)
    assert near(image, 0.75, 0.5, BLUE)
    for y in (0.1, 0.9):
        pixel = image.getpixel((96, int(y * 192)))
        assert isinstance(pixel, tuple)
        assert pixel[3] == 0


def test_of_an_animation_the_first_frame_is_taken(own_campus: Live) -> None:
    rest = [Image.new("RGB", (32, 32), GREEN)] * 3
    data = encoded(Image.new("RGB", (32, 32), RED), "GIF", save_all=True, append_images=rest)
    assert near(shown(own_campus, upload(own_campus, "xoxp-mia", data)["profile"]["image_32"]), 0.5, 0.5, RED)


# What is refused.


def frames(count: int) -> bytes:
    every = [Image.new("P", (2, 2), number % 2) for number in range(count)]
    return encoded(every[0], "GIF", save_all=True, append_images=every[1:], disposal=2, optimize=False)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "bad_image"),
        (b"no picture at all", "bad_image"),
        (encoded(picture(64, 64))[:100], "bad_image"),
        (encoded(picture(64, 64), "BMP"), "bad_image"),
        (encoded(picture(1025, 10)), "too_large"),
        (encoded(picture(10, 1025), "JPEG"), "too_large"),
        (frames(MAX_FRAMES + 1), "too_many_frames"),
    ],
)
def test_what_cannot_be_a_picture_is_refused_and_changes_nothing(campus: Live, data: bytes, code: str) -> None:
    before = profile(campus)
    assert upload(campus, "xoxp-mia", data) == {"ok": False, "error": code}
    assert profile(campus) == before
    assert kept(campus) == 0


@pytest.mark.parametrize("data", [encoded(picture(1024, 1024)), frames(MAX_FRAMES), encoded(picture(1, 1))])
def test_the_largest_and_the_smallest_are_taken(own_campus: Live, data: bytes) -> None:
    assert upload(own_campus, "xoxp-mia", data)["ok"] is True


def test_a_decompression_bomb_costs_nothing(campus: Live) -> None:
    bomb = bytearray(encoded(picture(8, 8)))
    bomb[16:24] = (60_000).to_bytes(4) * 2
    before = time.process_time()
    assert upload(campus, "xoxp-mia", bytes(bomb)) == {"ok": False, "error": "too_large"}
    assert time.process_time() - before < 0.5


def test_the_file_is_called_image(campus: Live) -> None:
    assert upload(campus, "xoxp-mia", encoded(picture(8, 8)), "photo") == {"ok": False, "error": "bad_image"}
    assert campus.call("users.setPhoto", "xoxp-mia") == {"ok": False, "error": "bad_image"}
    assert campus.call("users.setPhoto", "xoxp-mia", image="text") == {"ok": False, "error": "bad_image"}


@pytest.mark.parametrize("method", ["users.setPhoto", "users.deletePhoto"])
def test_it_is_for_people_who_may(campus: Live, method: str) -> None:
    assert campus.call(method, "xoxb-easel") == {"ok": False, "error": "not_allowed_token_type"}
    assert campus.call(method, "xoxs-mia")["needed"] == "users.profile:write"


# Their addresses.


def test_pictures_may_be_kept_for_good(own_campus: Live) -> None:
    address = upload(own_campus, "xoxp-mia", encoded(picture(64, 64)))["profile"]["image_48"]
    reply = fetch(own_campus, address)
    assert reply.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert reply.headers["x-content-type-options"] == "nosniff"
    again = fetch(own_campus, address, **{"if-none-match": reply.headers["etag"]})
    assert (again.status, again.body) == (304, b"")
    assert again.headers["etag"] == reply.headers["etag"]
    assert fetch(own_campus, address, **{"if-none-match": '"another"'}).body == reply.body
    head = own_campus.request("HEAD", address.removeprefix(own_campus.url))
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", str(len(reply.body)))


def test_a_new_picture_has_a_new_address_and_the_old_one_is_gone(any_campus: Live) -> None:
    first = upload(any_campus, "xoxp-mia", encoded(picture(64, 64)))["profile"]
    second = upload(any_campus, "xoxp-mia", encoded(picture(64, 64, GREEN, GREEN)))["profile"]
    assert first["avatar_hash"] != second["avatar_hash"]
    assert fetch(any_campus, first["image_48"]).status == 404
    assert near(shown(any_campus, second["image_48"]), 0.5, 0.5, GREEN)
    assert kept(any_campus) == len(SIZES) + 1


def test_of_pictures_set_at_once_one_is_kept(any_campus: Live) -> None:
    files = [encoded(picture(8, 8, (shade, 0, 0))) for shade in (0, 0, 90, 180)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda data: upload(any_campus, "xoxp-mia", data), files))
    assert all(answer["ok"] for answer in answers)
    assert kept(any_campus) == len(SIZES) + 1
    assert shown(any_campus, profile(any_campus)["image_original"]).size == (8, 8)


def test_the_same_picture_again_stays_where_it_is(own_campus: Live) -> None:
    data = encoded(picture(64, 64))
    assert upload(own_campus, "xoxp-mia", data) == upload(own_campus, "xoxp-mia", data)
    assert kept(own_campus) == len(SIZES) + 1


def test_a_picture_of_two_people_outlasts_one_of_them(own_campus: Live) -> None:
    data = encoded(picture(64, 64))
    address = upload(own_campus, "xoxp-mia", data)["profile"]["image_48"]
    assert upload(own_campus, "xoxp-max", data)["profile"]["image_48"] == address
    own_campus.call("users.deletePhoto", "xoxp-mia")
    assert fetch(own_campus, address).status == 200
    own_campus.call("users.deletePhoto", "xoxp-max")
    assert fetch(own_campus, address).status == 404


def test_deleting_returns_to_the_drawn_picture(any_campus: Live) -> None:
    any_campus.move(to=NOON)
    drawn = profile(any_campus)
    address = upload(any_campus, "xoxp-mia", encoded(picture(64, 64)))["profile"]["image_original"]
    tag = fetch(any_campus, address).headers["etag"]
    any_campus.move(advance=60)
    assert any_campus.call("users.deletePhoto", "xoxp-mia") == {"ok": True}
    assert profile(any_campus) == drawn
    assert fetch(any_campus, address).status == 404
    assert fetch(any_campus, address, **{"if-none-match": tag}).status == 404
    assert kept(any_campus) == 0
    assert any_campus.call("users.info", "xoxp-mia", user="W0MIA000001")["user"]["updated"] == NOON + 60


def test_the_audit_log_tells_of_pictures_that_come_and_go(any_campus: Live) -> None:
    began = len(entries(any_campus, "E0CAMPUS001"))
    drawn = images(profile(any_campus))
    told = images(upload(any_campus, "xoxp-mia", encoded(picture(64, 64)))["profile"])
    assert upload(any_campus, "xoxp-mia", encoded(picture(64, 64)))["ok"], "the same again, which changes nothing"
    any_campus.call("users.deletePhoto", "xoxp-mia")
    any_campus.call("users.deletePhoto", "xoxp-mia")
    chosen, deleted = entries(any_campus, "E0CAMPUS001")[began:]
    for entry, before, after in ((chosen, drawn, told), (deleted, told, drawn)):
        assert (entry.action, entry.actor, entry.entity) == ("user_profile_updated", "W0MIA000001", "W0MIA000001")
        assert json.loads(entry.details) == {"previous_profile": before, "new_profile": after}


def images(profile: dict[str, Any]) -> dict[str, str]:
    return {name: value for name, value in profile.items() if name.startswith("image_")}


def test_deleting_what_is_not_there_changes_nothing(own_campus: Live) -> None:
    assert own_campus.call("users.deletePhoto", "xoxp-mia") == {"ok": True}
    assert own_campus.call("users.info", "xoxp-mia", user="W0MIA000001")["user"]["updated"] == 1500000000


def test_everybody_without_a_picture_has_a_drawn_one_of_their_own(campus: Live) -> None:
    mia, max_ = profile(campus), profile(campus, "xoxp-max")
    assert mia["avatar_hash"] != max_["avatar_hash"]
    assert mia.keys().isdisjoint({"image_1024", "image_original", "is_custom_image"})
    for side in (24, 32, 48, 72, 192, 512):
        assert shown(campus, mia[f"image_{side}"]).size == (side, side)


@pytest.mark.parametrize(
    "path", ["g14ba8baf5c4_25.png", "g14ba8baf5c4_original.png", "0123456789ab_48.png", "g14ba8baf5c4_48.gif", "..", ""]
)
def test_other_addresses_hold_nothing(campus: Live, path: str) -> None:
    assert campus.request("GET", f"/avatars/{path}").status == 404


def test_pictures_are_only_fetched(campus: Live) -> None:
    assert campus.request("POST", "/avatars/g14ba8baf5c4_48.png", b"x").status == 405

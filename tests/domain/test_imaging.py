"""Pictures: what is taken, what is refused before it can cost anything, and what comes out."""

import io
import os
import random
import re
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from gridhall.contract.errors import BadImage, InvalidArguments, TooLarge, TooManyFrames
from gridhall.domain import imaging
from gridhall.domain.imaging import MAX_FRAMES, MAX_SIDE, SIZES, Crop, Rendered, default_hash, draw_default, render

RED, GREEN, BLUE, WHITE = (200, 30, 30), (30, 160, 60), (40, 60, 200), (250, 250, 250)
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def quarters(width: int = 64, height: int = 64, mode: str = "RGB") -> Image.Image:
    """Red, green / blue, white: every way of turning it looks different."""
    picture = Image.new("RGB", (width, height), RED)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((width // 2, 0, width, height // 2 - 1), fill=GREEN)
    draw.rectangle((0, height // 2, width // 2 - 1, height), fill=BLUE)
    draw.rectangle((width // 2, height // 2, width, height), fill=WHITE)
    return picture.convert(mode)


def encoded(picture: Image.Image, format: str, **options: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, format, **options)
    return file.getvalue()


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data), formats=["PNG"])
    picture.load()
    return picture


def original(data: bytes) -> Image.Image:
    with mock.patch.object(imaging, "SIZES", ()):  # for speed
        return opened(render(data, None).pictures["original"])


def pixel(picture: Image.Image, x: float, y: float) -> tuple[int, int, int, int]:
    """The RGBA colour at a place given in shares of width and height."""
    value = picture.convert("RGBA").getpixel((int(x * picture.width), int(y * picture.height)))
    assert isinstance(value, tuple)
    red, green, blue, alpha = value
    return red, green, blue, alpha


def near(got: tuple[int, ...], wanted: tuple[int, ...], slack: int = 12) -> bool:
    return all(abs(one - other) <= slack for one, other in zip(got, wanted, strict=False))


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, depth: int, colour: int, rows: list[bytes], *chunks: bytes) -> bytes:
    """A PNG made by hand: unfiltered rows, further chunks before them."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows)))
    return SIGNATURE + header + b"".join(chunks) + pixels + chunk(b"IEND", b"")


def chunk_kinds(file: bytes) -> Iterator[bytes]:
    pos = len(SIGNATURE)
    while pos < len(file):
        length, kind = struct.unpack_from(">I4s", file, pos)
        yield kind
        pos += 12 + length


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, 2 + len(body)) + body


def exif(orientation: int, order: str = "<", extra: bytes = b"") -> bytes:
    start = b"II*\0" if order == "<" else b"MM\0*"
    entries = struct.pack(order + "HHIHH", 0x010F, 3, 1, 7, 0) + struct.pack(order + "HHIHH", 0x0112, 3, 1, orientation, 0)
    return start + struct.pack(order + "IH", 8, 2) + entries + bytes(4) + extra


JPEG, PNG, GIF = (encoded(quarters(), format) for format in ("JPEG", "PNG", "GIF"))


# What comes out.


@pytest.mark.parametrize("data", [JPEG, PNG, GIF], ids=["jpeg", "png", "gif"])
def test_every_format_comes_out_as_square_pngs_of_every_size(data: bytes) -> None:
    rendered = render(data, None)
    assert set(rendered.pictures) == {"24", "32", "48", "72", "192", "512", "1024", "original"}
    for name, file in rendered.pictures.items():
        side = 64 if name == "original" else int(name)
        picture = opened(file)
        assert picture.size == (side, side)
        corners = [pixel(picture, x, y) for y in (0.2, 0.8) for x in (0.2, 0.8)]
        assert all(near(got, (*wanted, 255)) for got, wanted in zip(corners, (RED, GREEN, BLUE, WHITE), strict=True)), name


def test_the_largest_picture_is_taken_and_one_pixel_more_is_not() -> None:
    for format in ("JPEG", "PNG", "GIF"):
        assert original(encoded(Image.new("L", (MAX_SIDE, 3)), format)).size == (MAX_SIDE, 3)
        for size in ((MAX_SIDE + 1, 3), (3, MAX_SIDE + 1)):
            with pytest.raises(TooLarge):
                render(encoded(Image.new("L", size), format), None)


@pytest.mark.parametrize(("width", "height"), [(60, 20), (20, 60), (61, 20), (2, 64)])
def test_a_picture_that_is_not_square_is_whole_on_a_transparent_square(width: int, height: int) -> None:
    rendered = render(encoded(quarters(width, height), "PNG"), None)
    assert opened(rendered.pictures["original"]).size == (width, height)
    square = opened(rendered.pictures["1024"])
    assert square.size == (1024, 1024)
    assert square.mode == "RGBA"
    box = square.getchannel("A").point(lambda alpha: 255 * (alpha > 127)).getbbox()
    assert box is not None
    scale = 1024 / max(width, height)
    margins = (box[0] + 1024 - box[2], box[1] + 1024 - box[3])
    assert margins == pytest.approx((1024 - width * scale, 1024 - height * scale), abs=4)
    assert (box[0], box[1]) == pytest.approx((1024 - box[2], 1024 - box[3]), abs=scale + 2)  # centred
    if width >= 20:
        across, down = 0.3 * width / max(width, height), 0.3 * height / max(width, height)
        seen = [pixel(square, 0.5 + dx * across, 0.5 + dy * down) for dy in (-1, 1) for dx in (-1, 1)]
        assert all(near(got, (*wanted, 255)) for got, wanted in zip(seen, (RED, GREEN, BLUE, WHITE), strict=True))


def test_a_square_picture_is_not_padded() -> None:
    assert opened(render(JPEG, None).pictures["72"]).mode == "RGB"


def test_scaling_down_blends_what_falls_on_one_pixel() -> None:
    stripes = Image.new("L", (96, 96))
    for x in range(0, 96, 2):
        stripes.paste(255, (x, 0, x + 1, 96))
    small = opened(render(encoded(stripes, "PNG"), None).pictures["24"])
    assert all(abs(pixel(small, x / 24, 0.5)[0] - 128) < 20 for x in range(2, 22))


def test_a_crop_box_is_cut_out_and_the_original_stays_whole() -> None:
    rendered = render(encoded(quarters(80, 40), "PNG"), Crop(45, 2, 15))
    assert opened(rendered.pictures["original"]).size == (80, 40)
    square = opened(rendered.pictures["192"])
    assert square.size == (192, 192)
    assert square.convert("RGB").getcolors() == [(192 * 192, GREEN)]


@pytest.mark.parametrize(
    "crop",
    [
        Crop(-1, 0, 5),
        Crop(0, -1, 5),
        Crop(0, 0, 0),
        Crop(3, 3, -2),
        Crop(0, 0, 41),
        Crop(76, 0, 5),
        Crop(0, 36, 5),
        Crop(900, 900, 1),
    ],
)
def test_a_crop_box_outside_the_picture_is_refused(crop: Crop) -> None:
    with pytest.raises(InvalidArguments) as refusal:
        render(encoded(quarters(80, 40), "PNG"), crop)
    assert refusal.value.messages == ("[ERROR] crop box lies outside the image",)


@pytest.mark.parametrize("crop", [Crop(0, 0, 40), Crop(40, 0, 40), Crop(79, 39, 1)])
def test_a_crop_box_may_touch_the_edges(crop: Crop) -> None:
    assert opened(render(encoded(quarters(80, 40), "PNG"), crop).pictures["24"]).size == (24, 24)


def test_the_crop_box_counts_in_the_upright_picture() -> None:
    # Lying on its side in the file: 80 by 40; seen upright: 40 by 80.
    data = SIGNATURE + encoded(quarters(80, 40), "PNG")[8:33] + chunk(b"eXIf", exif(6)) + encoded(quarters(80, 40), "PNG")[33:]
    assert opened(render(data, Crop(0, 45, 15)).pictures["24"]).convert("RGB").getcolors() == [(24 * 24, WHITE)]
    with pytest.raises(InvalidArguments):
        render(data, Crop(45, 0, 15))


# How the quarters must lie in a file so that its orientation puts them upright.
LYING = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("orientation", LYING)
def test_the_exif_orientation_is_applied(orientation: int, order: str) -> None:
    turn = LYING[orientation]
    lying = quarters(80, 48) if turn is None else quarters(80, 48).transpose(turn)
    jpeg, plain = encoded(lying, "JPEG", quality=95), encoded(lying, "PNG")
    block = exif(orientation, order)
    for data in (
        jpeg[:2] + segment(0xE1, b"Exif\0\0" + block) + jpeg[2:],
        plain[:33] + chunk(b"eXIf", block) + plain[33:],
        plain[:-12] + chunk(b"eXIf", block) + plain[-12:],
    ):
        upright = original(data)
        assert upright.size == (80, 48)
        seen = [pixel(upright, x, y) for y in (0.2, 0.8) for x in (0.2, 0.8)]
        assert all(near(got, wanted) for got, wanted in zip(seen, (RED, GREEN, BLUE, WHITE), strict=True))


def test_the_orientation_is_read_as_pillow_writes_it() -> None:
    written = Image.Exif()
    written[0x010E], written[0x0112] = "a longer description than fits in an entry", 6
    assert original(encoded(quarters(80, 48), "JPEG", exif=written)).size == (48, 80)


@pytest.mark.parametrize(
    "block",
    [
        b"",
        b"II",
        b"XX*\0" + bytes(40),
        exif(6)[:20],
        b"II*\0\xff\xff\xff\xff",
        exif(0),
        exif(9),
        exif(65535),
        b"II*\0\x08\0\0\0\0\0",
    ],
)
def test_a_broken_orientation_leaves_the_picture_as_it_is(block: bytes) -> None:
    lying = encoded(quarters(80, 48), "JPEG")
    assert original(lying[:2] + segment(0xE1, b"Exif\0\0" + block) + lying[2:]).size == (80, 48)


def with_metadata(format: str) -> bytes:
    secret = b"SECRET-PLACE"
    if format == "JPEG":
        extra = [segment(0xE1, b"Exif\0\0" + exif(1, extra=secret)), segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + secret)]
        extra += [
            segment(0xE2, b"ICC_PROFILE\0\1\1" + secret),
            segment(0xED, b"Photoshop 3.0\0" + secret),
            segment(0xFE, secret),
        ]
        return JPEG[:2] + b"".join(extra) + JPEG[2:] + secret
    if format == "PNG":
        extra = [chunk(b"tEXt", b"Comment\0" + secret), chunk(b"zTXt", b"a\0\0" + zlib.compress(secret))]
        extra += [chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + secret), chunk(b"eXIf", exif(1, extra=secret))]
        extra += [chunk(b"iCCP", b"icc\0\0" + zlib.compress(secret)), chunk(b"tIME", secret[:7]), chunk(b"prVt", secret)]
        return PNG[:33] + b"".join(extra) + PNG[33:] + secret
    comment = b"\x21\xfe" + bytes([len(secret)]) + secret + b"\0"
    return GIF[: -len(b";")] + comment + b";" + secret


@pytest.mark.parametrize("format", ["JPEG", "PNG", "GIF"])
def test_nothing_but_pixels_reaches_an_output(format: str) -> None:
    data = with_metadata(format)
    assert b"SECRET" in data
    for file in render(data, None).pictures.values():
        assert set(chunk_kinds(file)) == {b"IHDR", b"IDAT", b"IEND"}
        assert b"SECRET" not in file
        assert opened(file).info == {}


def test_pillow_is_handed_no_metadata() -> None:
    # Before this, two megabytes of either kept Pillow busy for seconds while it opened the file.
    thumbnails = segment(0xE1, b"Exif\0\0" + b"x" * 10) * 50_000
    profile = chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(2**20 - 10))) * 500
    comments = b"\x21\xfe\x01x\0" * 100_000
    frame = GIF.index(b",\0\0\0\0")
    for small, bloated in (
        (JPEG, JPEG[:2] + thumbnails + JPEG[2:]),
        (PNG, PNG[:33] + profile + PNG[33:]),
        (GIF, GIF[:frame] + comments + GIF[frame:]),
    ):
        with mock.patch.object(Image, "open", wraps=Image.open) as spy:
            assert render(bloated, None).pictures == render(small, None).pictures
        assert all(len(call.args[0].getvalue()) <= len(small) for call in spy.call_args_list)


def test_the_same_input_gives_the_same_bytes_in_any_thread() -> None:
    data = encoded(quarters(30, 20), "JPEG")
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(render, [data] * 6, [None] * 6))
    assert all(result == results[0] for result in results)


def test_the_hash_names_the_upload_and_its_crop() -> None:
    hashes = {
        render(data, crop).hash
        for data in (encoded(quarters(8, 8), "PNG"), encoded(quarters(8, 9), "PNG"))
        for crop in (None, Crop(0, 0, 8), Crop(1, 0, 5), Crop(0, 1, 5))
    }
    assert len(hashes) == 8
    assert all(re.fullmatch("[0-9a-f]{12}", hash) for hash in hashes)
    # Written out once: addresses that were handed out must survive an update of the code.
    assert render(gif(2, 2, (0, 0, 1, 1)), None).hash == "38a2ab733efd"


def test_pillow_is_not_imported_before_it_is_needed() -> None:
    code = "import sys, gridhall.domain.imaging; sys.exit(any(name.split('.')[0] == 'PIL' for name in sys.modules))"
    here = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    assert subprocess.run([sys.executable, "-c", code], check=False, env=here).returncode == 0


# Modes.


def test_sixteen_bit_grey_keeps_its_shades() -> None:
    shades = original(png(4, 1, 16, 0, [struct.pack(">4H", 0, 0x4080, 0x8000, 0xFFFF)]))
    assert [pixel(shades, x / 4, 0) for x in range(4)] == [(v, v, v, 255) for v in (0, 0x40, 0x80, 255)]


@pytest.mark.parametrize(
    ("depth", "colour", "row", "key", "shades"),
    [
        (1, 0, b"\x50", b"\0\1", [(0,) * 3, (255,) * 3, (0,) * 3, (255,) * 3]),
        (2, 0, b"\x1b", b"\0\1", [(0,) * 3, (85,) * 3, (170,) * 3, (255,) * 3]),
        (4, 0, b"\x01\x23", b"\0\1", [(0,) * 3, (17,) * 3, (34,) * 3, (51,) * 3]),
        (8, 0, b"\x00\x07\x08\x09", b"\0\7", [(0,) * 3, (7,) * 3, (8,) * 3, (9,) * 3]),
        (16, 0, b"\0\0\x40\1\x50\0\x60\0", b"\x40\1", [(0,) * 3, (0x40,) * 3, (0x50,) * 3, (0x60,) * 3]),
        (8, 2, b"abcdefghijkl", b"\0d\0e\0f", [tuple(b"abc"), tuple(b"def"), tuple(b"ghi"), tuple(b"jkl")]),
        (
            16,
            2,
            bytes(6) + b"\1\2\3\4\5\6" + b"\x10\0" * 3 + b"\x20\0" * 3,
            b"\1\2\3\4\5\6",
            [(0,) * 3, (1, 3, 5), (16,) * 3, (32,) * 3],
        ),
    ],
)
def test_one_colour_declared_transparent(
    depth: int, colour: int, row: bytes, key: bytes, shades: list[tuple[int, ...]]
) -> None:
    seen = original(png(4, 1, depth, colour, [row], chunk(b"tRNS", key)))
    wanted = [(*shade, 0 if shade == shades[1] else 255) for shade in shades]
    assert [pixel(seen, x / 4, 0) for x in range(4)] == wanted


def test_grey_with_alpha() -> None:
    for depth, row in ((8, b"\x80\x40"), (16, b"\x80\0\x40\0")):
        assert pixel(original(png(1, 1, depth, 4, [row])), 0, 0) == (0x80, 0x80, 0x80, 0x40)


def test_alpha_is_kept_and_transparent_pixels_do_not_bleed_when_scaled() -> None:
    picture = Image.new("RGBA", (64, 64), (0, 255, 0, 0))
    picture.paste((*RED, 255), (0, 0, 32, 64))
    small = opened(render(encoded(picture, "PNG"), None).pictures["24"])
    assert pixel(small, 0.1, 0.5) == (*RED, 255)
    assert pixel(small, 0.9, 0.5)[3] == 0
    data = small.convert("RGBA").tobytes()
    assert all(near(tuple(data[at : at + 3]), RED, 40) for at in range(0, len(data), 4) if data[at + 3] > 60)


@pytest.mark.parametrize("format", ["PNG", "GIF"])
def test_a_palette_with_a_transparent_colour(format: str) -> None:
    picture = quarters().quantize(4)
    index = picture.getpixel((60, 4))
    seen = original(encoded(picture, format, transparency=index))
    assert pixel(seen, 0.9, 0.1)[3] == 0
    assert near(pixel(seen, 0.1, 0.1), (*RED, 255))
    assert near(pixel(seen, 0.1, 0.9), (*BLUE, 255))


def test_a_palette_with_half_transparent_colours() -> None:
    rows, palette, alpha = [b"\0\1\2"], bytes(RED + GREEN + BLUE), b"\x00\x80"
    seen = original(png(3, 1, 8, 3, rows, chunk(b"PLTE", palette), chunk(b"tRNS", alpha)))
    assert [pixel(seen, x / 3, 0) for x in range(3)] == [(*RED, 0), (*GREEN, 0x80), (*BLUE, 255)]


@pytest.mark.parametrize("mode", ["CMYK", "L", "YCbCr"])
@pytest.mark.parametrize("progressive", [False, True])
def test_jpegs_of_every_colour_space(mode: str, progressive: bool) -> None:
    seen = original(encoded(quarters(mode=mode), "JPEG", quality=95, progressive=progressive))
    assert seen.mode == "RGB"
    wanted = [quarters().convert("L").convert("RGB") if mode == "L" else quarters()]
    for x, y in ((0.2, 0.2), (0.8, 0.2), (0.2, 0.8), (0.8, 0.8)):
        assert near(pixel(seen, x, y)[:3], pixel(wanted[0], x, y)[:3])


def test_a_jpeg_whose_colours_only_adobes_segment_tells() -> None:
    data = encoded(quarters(), "JPEG", quality=95, keep_rgb=True)
    assert b"Adobe" in data
    # RGB channels under the numbers that YCbCr channels bear.
    frame, scan = data.index(b"\xff\xc0"), data.index(b"\xff\xda")
    numbered = bytearray(data)
    for channel in range(3):
        numbered[frame + 10 + 3 * channel] = numbered[scan + 5 + 2 * channel] = 1 + channel
    seen = original(bytes(numbered))
    assert near(pixel(seen, 0.1, 0.1), RED)
    assert near(pixel(seen, 0.1, 0.9), BLUE)


def test_a_jpeg_with_restart_markers() -> None:
    data = encoded(quarters(), "JPEG", quality=95, restart_marker_blocks=1)
    assert b"\xff\xd0" in data
    assert near(pixel(original(data), 0.9, 0.1), GREEN)


def test_one_bit_pictures() -> None:
    seen = original(encoded(quarters(mode="1"), "PNG"))
    assert pixel(seen, 0.9, 0.9) == (255, 255, 255, 255)


def test_a_camera_file_of_several_pictures_shows_the_first() -> None:
    data = encoded(quarters(), "MPO", save_all=True, append_images=[Image.new("RGB", (64, 64))])
    with Image.open(io.BytesIO(data)) as picture:
        assert picture.format == "MPO"
    assert near(pixel(original(data), 0.1, 0.1), RED)


def test_what_follows_the_end_of_a_jpeg_is_passed_over() -> None:
    # Some telephones append a film, in which any bytes may occur.
    assert render(JPEG + b"\xff\xda" * 1000 + b"\xff\xd9", None).pictures == render(JPEG, None).pictures


def test_stray_bytes_between_the_segments_of_a_jpeg_are_passed_over() -> None:
    assert render(JPEG[:20] + b"\0stray\xff\xff" + JPEG[20:], None).pictures == render(JPEG, None).pictures


# Animations.


def frames(count: int) -> list[Image.Image]:
    """Frames that all differ, so that no encoder drops one."""
    return [Image.new("RGB", (4, 4), (number % 16 * 16, number // 16 * 16, 90)) for number in range(count)]


def animation(format: str, count: int) -> bytes:
    first, *others = frames(count)
    return encoded(first, format, save_all=True, append_images=others, optimize=False)


@pytest.mark.parametrize("format", ["GIF", "PNG"])
def test_an_animation_shows_its_first_frame(format: str) -> None:
    data = animation(format, MAX_FRAMES)
    with Image.open(io.BytesIO(data)) as picture:
        assert getattr(picture, "n_frames", 1) == MAX_FRAMES
    assert near(pixel(original(data), 0.5, 0.5), (0, 0, 90, 255), 2)


@pytest.mark.parametrize("format", ["GIF", "PNG"])
def test_an_animation_of_too_many_frames_is_refused_undecoded(format: str) -> None:
    with pillow_unused(), pytest.raises(TooManyFrames):
        render(animation(format, MAX_FRAMES + 1), None)


def test_counting_stops_at_the_frame_that_is_too_many() -> None:
    # What follows is no GIF any more; whoever counts to the end would stumble over it.
    with pytest.raises(TooManyFrames):
        render(animation("GIF", MAX_FRAMES + 1)[:-1] + b"junk", None)


# What is refused, and at what cost.


@contextmanager
def pillow_unused() -> Iterator[None]:
    with mock.patch.object(Image, "open") as spy:
        yield
    spy.assert_not_called()


def gif(width: int, height: int, frame: tuple[int, int, int, int]) -> bytes:
    """One frame that asks for disposal to the background, which makes Pillow allocate it on opening."""
    header = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + bytes(6)
    return header + b"\x21\xf9\x04\x08\0\0\0\0" + b"," + struct.pack("<4HB", *frame, 0) + b"\x02\x02\x44\x01\0;"


def bomb(side: int) -> bytes:
    """A real one: black pixels, one bit each, all of them there."""
    pack = zlib.compressobj(9)
    row = bytes(1 + side // 8)
    pixels = b"".join(pack.compress(row * 100) for _ in range(side // 100)) + pack.flush()
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0))
    return SIGNATURE + header + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


BOMBS: dict[str, Callable[[], bytes]] = {
    "png header alone": lambda: SIGNATURE + chunk(b"IHDR", struct.pack(">IIBBBBB", 50_000, 50_000, 8, 6, 0, 0, 0)),
    "png of 400 million pixels": lambda: bomb(20_000),
    "png, largest numbers": lambda: png(2**31 - 1, 2**31 - 1, 16, 6, []),
    "jpeg": lambda: JPEG[:2] + segment(0xC0, struct.pack(">BHHB", 8, 65_500, 65_500, 3) + bytes(9)),
    "jpeg, a second frame header": lambda: JPEG[:2] + segment(0xC2, b"\x08\xff\xff\0\1\3" + bytes(9)) + JPEG[2:],
    "gif": lambda: gif(65_535, 65_535, (0, 0, 1, 1)),
    "gif, a frame beyond the canvas": lambda: gif(1, 1, (0, 0, 9_000, 9_000)),
    "gif, a frame pushed out of the canvas": lambda: gif(1, 1, (1_024, 0, 1, 1)),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_before_pillow_sees_it(name: str) -> None:
    data = BOMBS[name]()
    with pillow_unused(), pytest.raises(TooLarge):
        render(data, None)


def test_the_hand_made_gif_is_one_that_is_read() -> None:
    assert original(gif(2, 2, (0, 0, 1, 1))).size == (2, 2)


def test_pillow_has_a_say_in_the_size_too() -> None:
    # No file is known on which the two readers differ; this stands in for one.
    picture = Image.new("L", (MAX_SIDE + 1, 1))
    with mock.patch.object(Image, "open", return_value=picture), pytest.raises(TooLarge):
        render(PNG, None)


def test_a_jpeg_of_countless_scans_is_refused() -> None:
    # Fifty kilobytes of these kept the decoder busy for three seconds.
    flat = encoded(Image.new("RGB", (64, 64), RED), "JPEG", progressive=True)
    last = flat[flat.rindex(b"\xff\xda") : -2]
    assert original(flat[:-2] + last * 50 + flat[-2:]).size == (64, 64)
    with pillow_unused(), pytest.raises(BadImage):
        render(flat[:-2] + last * 1000 + flat[-2:], None)


def test_a_jpeg_of_countless_tables_is_refused() -> None:
    with pillow_unused(), pytest.raises(BadImage):
        render(JPEG[:2] + segment(0xE0, b"") * 1000 + JPEG[2:], None)


@pytest.mark.parametrize("format", ["BMP", "WEBP", "TIFF", "PPM", "EPS", "ICO", "TGA", "PDF", "JPEG2000"])
def test_other_formats_are_refused(format: str) -> None:
    with pytest.raises(BadImage):
        render(encoded(quarters(), format), None)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a",
        b"GIF89a\1\0\1\0\0\0\0;",
        b"GIF88a" + GIF[6:],
        GIF[:-1] + b"\x77;",
        SIGNATURE,
        SIGNATURE + PNG[33:],
        SIGNATURE + chunk(b"IHDR", bytes(13)) + PNG[33:],
        PNG[:33] + PNG[-12:],
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xd9",
        png(0, 5, 8, 0, [b""]),
        png(2, 2, 7, 0, [b"aa", b"aa"]),
        png(1, 1, 3, 0, [b"a"], chunk(b"tRNS", b"\0\0\0")),
        png(1, 1, 0, 0, [b"a"], chunk(b"tRNS", b"\0\0")),
    ],
)
def test_what_cannot_be_read_is_refused(data: bytes) -> None:
    with pytest.raises(BadImage):
        render(data, None)


@pytest.mark.parametrize("data", [JPEG, PNG, GIF], ids=["jpeg", "png", "gif"])
def test_a_truncated_file_is_refused_wherever_it_ends(data: bytes) -> None:
    for length in [*range(0, len(data), 7), len(data) - 1]:
        with pytest.raises(BadImage):
            render(data[:length], None)


def test_a_lack_of_memory_is_not_blamed_on_the_picture() -> None:
    with mock.patch.object(Image, "open", side_effect=MemoryError), pytest.raises(MemoryError):
        render(PNG, None)


def check(rendered: Rendered, crop: Crop | None) -> None:
    assert set(rendered.pictures) == {"24", "72", "original"}
    for side in (24, 72):
        assert opened(rendered.pictures[str(side)]).size == (side, side)
    width, height = opened(rendered.pictures["original"]).size
    assert max(width, height) <= MAX_SIDE
    assert crop is None or (crop.x + crop.w <= width and crop.y + crop.w <= height)


def render_or_refuse(data: bytes, crop: Crop | None) -> None:
    """Anything but a right answer or a known refusal fails; two small sizes, for speed."""
    with mock.patch.object(imaging, "SIZES", (24, 72)):
        try:
            rendered = render(data, crop)
        except (BadImage, TooLarge, TooManyFrames):
            return
        except InvalidArguments:
            assert crop is not None
            return
    check(rendered, crop)


SEEDS = [
    JPEG,
    PNG,
    GIF,
    encoded(quarters(20, 9, "CMYK"), "JPEG", progressive=True),
    encoded(quarters(9, 20, "P"), "PNG", transparency=0),
    png(4, 1, 16, 0, [struct.pack(">4H", 0, 1, 2, 3)], chunk(b"tRNS", b"\0\1"), chunk(b"eXIf", exif(6))),
    JPEG[:2] + segment(0xE1, b"Exif\0\0" + exif(8)) + JPEG[2:],
    animation("GIF", 4),
    animation("PNG", 3),
]
crops = st.none() | st.builds(Crop, st.integers(-2, 70), st.integers(-2, 70), st.integers(-2, 70))


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([b"", SIGNATURE, b"GIF89a", b"\xff\xd8\xff", PNG[:33], GIF[:13], JPEG[:200]]),
    st.binary(max_size=200),
    crops,
)
def test_arbitrary_bytes(start: bytes, rest: bytes, crop: Crop | None) -> None:
    render_or_refuse(start + rest, crop)


@settings(max_examples=700, deadline=None)
@given(st.sampled_from(SEEDS), st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=6), crops)
def test_flipped_bytes(seed: bytes, flips: list[tuple[float, int]], crop: Crop | None) -> None:
    data = bytearray(seed)
    for place, value in flips:
        data[int(place * len(data))] = value
    render_or_refuse(bytes(data), crop)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(SEEDS), st.floats(0, 1), st.floats(0, 1), st.binary(max_size=20))
def test_spliced_bytes(seed: bytes, one: float, other: float, between: bytes) -> None:
    left, right = sorted((int(one * len(seed)), int(other * len(seed))))
    render_or_refuse(seed[:left] + between + seed[right:], None)
    render_or_refuse(seed[:right] + between + seed[left:], None)


# Drawn pictures.


def luminance(colour: tuple[int, ...]) -> float:
    """Relative luminance by WCAG 2."""
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in (channel / 255 for channel in colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def drawn(hash: str, side: int) -> Image.Image:
    return opened(draw_default(hash, side)).convert("RGB")


@pytest.mark.parametrize("side", SIZES)
def test_a_drawn_picture_is_a_mirrored_pattern_in_two_colours(side: int) -> None:
    picture = drawn(default_hash("E1", "U1"), side)
    assert picture.size == (side, side)
    assert picture.tobytes() == picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT).tobytes()
    colours = picture.getcolors()
    assert colours is not None
    assert len(colours) == 2
    (ink, _), (ground, _) = sorted(colours, key=lambda counted: luminance(counted[1]))
    assert 0.15 < ink / (ink + ground) < 0.7
    block, margin = side // 6, (side - 5 * (side // 6)) // 2
    assert block / 6 <= margin <= block  # room around the pattern, but not much


def test_a_drawn_picture_is_the_same_pattern_at_every_size() -> None:
    patterns = set()
    for side in SIZES:
        picture, block = drawn("g0123456789a", side), side // 6
        margin = (side - 5 * block) // 2
        middles = [margin + number * block + block // 2 for number in range(5)]
        patterns.add(tuple(picture.getpixel((x, y)) for y in middles for x in middles))
    assert len(patterns) == 1


def test_drawn_pictures_tell_people_apart_and_are_contrasty_for_everyone() -> None:
    hashes = [default_hash("E1", f"U{number}") for number in random.Random(7).sample(range(10**6), 300)]
    pictures = [drawn(hash, 24) for hash in hashes]
    assert len({picture.tobytes() for picture in pictures}) == len(hashes)
    for picture in pictures:
        dark, light = sorted(luminance(colour) for _, colour in picture.getcolors() or ())  # type: ignore[arg-type]
        assert (light + 0.05) / (dark + 0.05) >= 3
        assert light > 0.7


def test_a_drawn_picture_depends_on_nothing_but_hash_and_side() -> None:
    assert draw_default("gabc", 48) == draw_default("gabc", 48)
    assert draw_default("gabc", 48) != draw_default("gabd", 48)


def test_a_default_hash_is_a_persons_own() -> None:
    hashes = {default_hash(*person) for person in (("E1", "U1"), ("E1", "U2"), ("E2", "U1"), ("E1U", "1"), ("E", "1U1"))}
    assert len(hashes) == 5
    assert all(re.fullmatch("g[0-9a-f]{11}", hash) for hash in hashes)
    assert default_hash("E1", "U1") == "gce924f18841"  # stored nowhere: it must stay what it is

"""The picture work behind users.setPhoto and users.deletePhoto: reading uploads, cutting them to size, drawing defaults.

Pure and slow: it runs in a worker thread, before the transaction, and shares no state with other calls. Pillow is imported
where it is used, because a server that is never sent a picture should not wait for it at start.

An upload is hostile until shown otherwise. A few kilobytes can keep Pillow busy for minutes or fill the memory, through
metadata that it reads on opening as much as through pixels. So the file's outline is walked here first, in one pass whose cost
follows the size of the upload: dimensions and frames are refused from what the headers say, and Pillow is handed only the
parts that draw the first picture. What is never read can neither do harm nor leak.
"""

import colorsys
import hashlib
import re
import struct
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Final, NamedTuple

from gridhall.contract.errors import BadImage, InvalidArguments, Refusal, TooLarge, TooManyFrames

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

SIZES: Final = (24, 32, 48, 72, 192, 512, 1024)
"""Sides in pixels of the square pictures that a profile links to (image_24 to image_1024)."""

MAX_SIDE: Final = 1024
"""The widest and highest picture that is taken, in pixels; the page of users.setPhoto asks for 1024 by 1024 at most."""

MAX_FRAMES: Final = 100
"""The most frames of an animation. The platform names too_many_frames but no figure: this one is our choice."""

MAX_BYTES: Final = 8 * 1024 * 1024
"""The largest upload in bytes, checked by whoever receives it. No figure is documented: this one is our choice."""


@dataclass(frozen=True, slots=True)
class Crop:
    """The square that a person chose out of their picture, in pixels of the picture as it is seen (upright).

    Arguments:
        x, y: its upper left corner.
        w: its side.
    """

    x: int
    y: int
    w: int


@dataclass(frozen=True, slots=True)
class Rendered:
    """An upload in every size that is served.

    Arguments:
        hash: twelve hex digits that name this upload with this crop; the same again for the same again.
        pictures: PNG files by size: "24" to "1024", and "original", which keeps the picture's own dimensions.
    """

    hash: str
    pictures: dict[str, bytes]


def render(data: bytes, crop: Crop | None) -> Rendered:
    """An upload, cut or letterboxed to a square, in all sizes.

    The format is told by content alone. The first frame is the picture, turned upright as its EXIF orientation says; no other
    metadata reaches an output. Without a crop the whole picture stays visible on a transparent square (the page of
    users.setPhoto: letterboxed where it is not square and no crop box is given). Smaller pictures are scaled up. The same
    input gives the same bytes.

    Arguments:
        data: a JPEG, PNG or GIF file.
        crop: the square to cut out; None for the whole picture.

    Raises:
        BadImage: it cannot be read as one of these formats.
        TooLarge: it is wider or higher than `MAX_SIDE`.
        TooManyFrames: it is an animation of more than `MAX_FRAMES` frames.
        InvalidArguments: the crop does not lie within the picture.
    """
    from PIL.Image import Resampling

    picture = _decode(data)
    square = _cropped(picture, crop) if crop else _letterboxed(picture)
    pictures = {str(side): _png(square.resize((side, side), Resampling.LANCZOS)) for side in SIZES}
    return Rendered(_hash(data, crop), {**pictures, "original": _png(picture)})


def default_hash(organization: str, user: str) -> str:
    """The name of a person's drawn picture: "g" and eleven hex digits, always the same for the same person.

    The letter keeps it apart from the hash of an upload, which has hex digits only.

    Arguments:
        organization, user: their ids.
    """
    return "g" + hashlib.sha256(f"{organization} {user}".encode()).hexdigest()[:11]


def draw_default(hash: str, side: int) -> bytes:
    """The picture of somebody who has uploaded none: a mirrored pattern of blocks in one colour on a light ground.

    Arguments:
        hash: what `default_hash` gave; it alone decides pattern and colour.
        side: pixels, one of `SIZES`.

    Returns:
        A square PNG file.
    """
    from PIL import Image

    digest = hashlib.sha256(hash.encode()).digest()
    picture = Image.new("P", (side, side), _GROUND)
    picture.putpalette(_palette(int.from_bytes(digest[15:17]) / 0x10000))
    # Whole pixels per block, the rest as margin: edges stay sharp at 24 pixels too.
    block = side // 6
    margin = (side - 5 * block) // 2
    # Always eight of the fifteen cells that matter, so that no picture comes out empty or full.
    for cell in sorted(range(15), key=digest.__getitem__)[:8]:
        row, column = divmod(cell, 3)
        left, top = margin + column * block, margin + row * block
        for x in (left, side - left - block):
            picture.paste(_INK, (x, top, x + block, top + block))
    return _png(picture)


_GROUND: Final = 0
_INK: Final = 1


def _palette(hue: float) -> bytes:
    """Ground and ink of one hue (0 to 1) as RGB; dark enough apart for a contrast of 3:1 at every hue, yellow included."""
    colours = colorsys.hls_to_rgb(hue, 0.95, 0.55), colorsys.hls_to_rgb(hue, 0.36, 0.55)
    return bytes(round(255 * channel) for colour in colours for channel in colour)


def _hash(data: bytes, crop: Crop | None) -> str:
    # The crop goes first, ended by a byte of its own, so that no upload can pass for another one with a crop.
    digest = hashlib.sha256(f"{crop.x} {crop.y} {crop.w}\n".encode() if crop else b"\n")
    digest.update(data)
    return digest.hexdigest()[:12]


def _cropped(picture: "Picture", crop: Crop) -> "Picture":
    right, bottom = crop.x + crop.w, crop.y + crop.w
    if crop.w < 1 or crop.x < 0 or crop.y < 0 or right > picture.width or bottom > picture.height:
        raise InvalidArguments("[ERROR] crop box lies outside the image")
    return picture.crop((crop.x, crop.y, right, bottom))


def _letterboxed(picture: "Picture") -> "Picture":
    from PIL import Image

    if picture.width == picture.height:
        return picture
    side = max(picture.size)
    square = Image.new("RGBA", (side, side))
    square.paste(picture, ((side - picture.width) // 2, (side - picture.height) // 2))
    return square


def _png(picture: "Picture") -> bytes:
    file = BytesIO()
    # Level 3 takes a third of the time of Pillow's default, for files of a photograph that are 3 % larger.
    picture.save(file, "PNG", compress_level=3)
    return file.getvalue()


# From bytes to an upright RGB or RGBA picture.


def _decode(data: bytes) -> "Picture":
    from PIL import Image

    try:
        bare = _bare(data)
        with Image.open(BytesIO(bare.data), formats=("JPEG", "PNG", "GIF")) as picture:
            # Pillow reads the size again: should the two readers ever differ, this one decides before pixels are made.
            _refuse_large(*picture.size)
            return _upright(_true_colour(picture), bare.orientation)
    except (Refusal, MemoryError):
        raise
    except Exception as error:
        # On hostile bytes Pillow and struct raise whatever the broken place happens to trip over (OSError, SyntaxError,
        # ValueError, IndexError, struct.error, zlib.error ...), and no list of these is promised. Whichever it is, it means
        # that this is no picture; a lack of memory alone is ours.
        raise BadImage from error


def _true_colour(picture: "Picture") -> "Picture":
    if picture.mode == "I;16":
        # Left to itself Pillow would cut 16 bits off at 255 and show nearly everything white.
        picture = picture.point(lambda value: value / 256).convert("L")
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")


_TURNS: Final = {
    2: "FLIP_LEFT_RIGHT",
    3: "ROTATE_180",
    4: "FLIP_TOP_BOTTOM",
    5: "TRANSPOSE",
    6: "ROTATE_270",
    7: "TRANSVERSE",
    8: "ROTATE_90",
}


def _upright(picture: "Picture", orientation: int) -> "Picture":
    from PIL.Image import Transpose

    turn = _TURNS.get(orientation)
    return picture.transpose(Transpose[turn]) if turn else picture


# The outline of a file. Running off its end raises IndexError, ValueError or struct.error, which `_decode` answers for.


class _Bare(NamedTuple):
    """A file of the same format that holds what draws the first picture, and the EXIF orientation that was taken off it."""

    data: bytes
    orientation: int


def _bare(data: bytes) -> _Bare:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _bare_png(data)
    if data.startswith(b"\xff\xd8\xff"):
        return _bare_jpeg(data)
    if data.startswith((b"GIF87a", b"GIF89a")):
        return _bare_gif(data)
    raise BadImage


def _refuse_large(width: int, height: int) -> None:
    if width > MAX_SIDE or height > MAX_SIDE:
        raise TooLarge


_UPRIGHT: Final = 1


def _orientation(exif: bytes) -> int:
    """The orientation (1 to 8) in a TIFF-shaped EXIF block; upright where it has none or is broken, as browsers do it."""
    try:
        order = {b"II*\0": "<", b"MM\0*": ">"}[exif[:4]]
        (first,) = struct.unpack_from(order + "I", exif, 4)
        (count,) = struct.unpack_from(order + "H", exif, first)
        for entry in range(first + 2, first + 2 + 12 * count, 12):
            tag, value = struct.unpack_from(order + "H6xH", exif, entry)
            if tag == 0x0112:
                return int(value)
    except (KeyError, struct.error):
        pass
    return _UPRIGHT


def _bare_png(data: bytes) -> _Bare:
    kind, width, height, depth, colour = struct.unpack_from(">4sIIBB", data, 12)
    if kind != b"IHDR":
        raise BadImage
    _refuse_large(width, height)
    after_header = 33
    kept, frames, orientation = [data[:after_header]], 0, _UPRIGHT
    pos = after_header
    while kind != b"IEND":
        length, kind = struct.unpack_from(">I4s", data, pos)
        end = pos + 12 + length
        body = data[pos + 8 : end - 4]
        if kind == b"tRNS" and depth != 8 and colour in (0, 2):
            kept.append(_eight_bit_key(body, depth))
        elif kind in (b"PLTE", b"tRNS", b"IDAT", b"IEND"):
            kept.append(data[pos:end])
        elif kind == b"eXIf":
            orientation = _orientation(body)
        elif kind == b"fcTL":
            frames += 1
            if frames > MAX_FRAMES:
                raise TooManyFrames
        pos = end
    if pos > len(data):
        raise BadImage
    return _Bare(b"".join(kept), orientation)


def _eight_bit_key(body: bytes, depth: int) -> bytes:
    """The transparent colour of a grey or RGB picture as a tRNS chunk in eight bits.

    Pillow scales the pixels to eight bits but compares them with the colour in the file's own depth, so it would miss them.
    Of sixteen bits the upper eight count, for the colour as for the pixels: shades that close to it turn transparent with it.
    """
    values = struct.unpack(f">{len(body) // 2}H", body)
    scaled = [value >> 8 if depth == 16 else value * 255 // (2**depth - 1) for value in values]
    chunk = b"tRNS" + struct.pack(f">{len(scaled)}H", *scaled)
    return struct.pack(">I", len(body)) + chunk + struct.pack(">I", zlib.crc32(chunk))


_MARKER: Final = re.compile(rb"\xff([\xc0-\xfe])")
_FRAME_HEADERS: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
# Frame headers, Huffman, arithmetic and quantization tables, restart interval, and the two (JFIF, Adobe) that tell the colours.
_DRAWING: Final = _FRAME_HEADERS | {0xC4, 0xCC, 0xDB, 0xDD, 0xE0, 0xEE}
_EXIF: Final = 0xE1
_SCAN: Final = 0xDA
# Headers and tables, or scans: a picture needs about ten of each. A scan costs the decoder a pass over the whole picture,
# however short it is, and an upload has room for half a million.
_MAX_PARTS: Final = 100


def _bare_jpeg(data: bytes) -> _Bare:
    kept, orientation = [data[:2]], _UPRIGHT
    pos = 2
    while True:
        found = _MARKER.search(data, pos)
        if not found:
            raise BadImage
        marker = found[1][0]
        if marker == _SCAN:
            break
        start = found.end()
        (length,) = struct.unpack_from(">H", data, start)
        pos = start + length
        body = data[start + 2 : pos]
        if marker in _DRAWING:
            kept.append(data[found.start() : pos])
        if marker in _FRAME_HEADERS:
            height, width = struct.unpack_from(">HH", body, 1)
            _refuse_large(width, height)
        elif marker == _EXIF and body.startswith(b"Exif\0\0"):
            orientation = _orientation(body[6:])
    # Within scans 0xFF is followed by a zero where it is no marker, so these two cannot be met by chance.
    scans = data[found.start() : data.index(b"\xff\xd9", found.end()) + 2]
    if len(kept) > _MAX_PARTS or scans.count(b"\xff\xda") > _MAX_PARTS:
        raise BadImage
    return _Bare(b"".join([*kept, scans]), orientation)


_GIF_EXTENSION: Final = 0x21
_GIF_CONTROL: Final = 0xF9
_GIF_FRAME: Final = 0x2C
_GIF_END: Final = 0x3B


def _bare_gif(data: bytes) -> _Bare:
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    _refuse_large(width, height)
    pos = 13 + _gif_palette(flags)
    kept, control, frames = [data[:pos]], b"", 0
    while data[pos] != _GIF_END:
        start = pos
        if data[pos] == _GIF_EXTENSION:
            pos = _gif_after_blocks(data, pos + 2)
            if data[start + 1] == _GIF_CONTROL:
                control = data[start:pos]
        elif data[pos] == _GIF_FRAME:
            left, top, width, height, flags = struct.unpack_from("<4HB", data, pos + 1)
            # A frame may stick out of the canvas, and Pillow would enlarge the canvas for it.
            _refuse_large(left + width, top + height)
            pos = _gif_after_blocks(data, pos + 11 + _gif_palette(flags))
            frames += 1
            if frames == 1:
                kept += [control, data[start:pos]]
            if frames > MAX_FRAMES:
                raise TooManyFrames
        else:
            raise BadImage
    return _Bare(b"".join([*kept, b";"]), _UPRIGHT)


def _gif_palette(flags: int) -> int:
    """The length of the palette that a header with these flags announces, in bytes."""
    return 6 << (flags & 7) if flags & 0x80 else 0


def _gif_after_blocks(data: bytes, pos: int) -> int:
    """Where a chain of data blocks ends: each leads with its length, and one of length zero closes it."""
    while data[pos]:
        pos += 1 + data[pos]
    return pos + 1

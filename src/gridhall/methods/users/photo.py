"""users.setPhoto, users.deletePhoto"""

import asyncio
from collections.abc import Mapping
from typing import Annotated

import msgspec

from gridhall.catalogue.arguments import Arg
from gridhall.catalogue.method import method
from gridhall.catalogue.scopes import needs
from gridhall.contract.errors import BadImage, InvalidArguments, TooLarge, TooManyFrames
from gridhall.contract.rates import Tier
from gridhall.contract.tokens import Token
from gridhall.contract.wire import Ok
from gridhall.domain import photos
from gridhall.domain.call import Call, Upload
from gridhall.domain.imaging import Crop, Rendered, render


class SetArgs(msgspec.Struct, frozen=True):
    """Arguments of users.setPhoto."""

    crop_x: Annotated[int | None, Arg("Left edge of the crop box, in pixels.", least=0, example="10")] = None
    crop_y: Annotated[int | None, Arg("Upper edge of the crop box, in pixels.", least=0, example="15")] = None
    crop_w: Annotated[int | None, Arg("Width and height of the crop box, in pixels.", least=1, example="100")] = None


class UploadedPicture(msgspec.Struct, kw_only=True):
    """The addresses of the new picture in every size."""

    avatar_hash: str
    image_24: str
    image_32: str
    image_48: str
    image_72: str
    image_192: str
    image_512: str
    image_1024: str
    image_original: str


class SetResult(Ok, kw_only=True):
    """The new picture."""

    profile: UploadedPicture


async def _render(uploads: Mapping[str, Upload], args: SetArgs) -> Rendered:
    """Decode, crop and scale in a thread: a picture takes a hundred times what a request takes."""
    image = uploads.get("image")
    if image is None:
        raise BadImage
    sides = (args.crop_x, args.crop_y, args.crop_w)
    crop = None
    if any(side is not None for side in sides):
        if args.crop_w is None:
            raise InvalidArguments("[ERROR] missing required field: crop_w")
        crop = Crop(args.crop_x or 0, args.crop_y or 0, args.crop_w)
    return await asyncio.to_thread(render, image.data, crop)


@method(
    "users.setPhoto",
    tokens=Token.PERSON,
    scopes=needs("users.profile:write"),
    rate=Tier.TWO,
    errors=(BadImage, TooLarge, TooManyFrames),
    writes=True,
    prepare=_render,
    files=("image",),
)
async def set_photo(call: Call, args: SetArgs) -> SetResult:
    """Set the caller's picture, sent as the file `image`."""
    assert call.actor.user is not None
    rendered: Rendered = call.prepared
    await photos.choose(call.work, call.actor.user, rendered, site=call.context.site, actor=call.actor)
    sides = {f"image_{size}": call.context.site.picture(rendered.hash, size) for size in rendered.pictures}
    return SetResult(profile=UploadedPicture(avatar_hash=rendered.hash, **sides))


class DeleteArgs(msgspec.Struct, frozen=True):
    """No arguments."""


@method("users.deletePhoto", tokens=Token.PERSON, scopes=needs("users.profile:write"), rate=Tier.TWO, writes=True)
async def delete_photo(call: Call, args: DeleteArgs) -> Ok:
    """Return to the drawn picture."""
    assert call.actor.user is not None
    await photos.remove(call.work, call.actor.user, site=call.context.site, actor=call.actor)
    return Ok()

"""The addresses that answers tell: where this server is reached, as its people know it."""

from gridhall.contract.objects import Icon
from gridhall.domain.imaging import SIZES

TEAM_ICON_SIDES = (34, 44, 68, 88, 102, 132, 230)
BOT_ICON_SIDES = (36, 48, 72)


class Site:
    """Builds addresses.

    Arguments:
        url: where the server is reached from outside, without a trailing slash.
    """

    __slots__ = ("_pictures", "url")

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._pictures = f"{self.url}/avatars/"

    def workspace(self, domain: str) -> str:
        return f"{self.url}/w/{domain}/"

    def organization(self, domain: str) -> str:
        return f"{self.url}/o/{domain}/"

    @property
    def pictures(self) -> str:
        """Where pictures are served from; a picture is at `HASH_SIZE.png` below it."""
        return self._pictures

    def picture(self, hash: str, size: int | str) -> str:
        return f"{self._pictures}{hash}_{size}.png"

    def icon(self, hash: str) -> Icon:
        """The drawn icon of a workspace, in every size."""
        sides = {f"image_{side}": self.picture(hash, side) for side in TEAM_ICON_SIDES}
        return Icon(**sides, image_default=True)


PICTURE_SIDES = (*SIZES, *TEAM_ICON_SIDES, *BOT_ICON_SIDES)

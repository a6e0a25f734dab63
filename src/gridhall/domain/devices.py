"""What a request tells of the device that it came from."""

import msgspec

from gridhall.domain.origin import Origin


class Device(msgspec.Struct, frozen=True):
    """A device as one request told of it, "" for what it did not. Source of the fields: admin.users.session.list."""

    device_hardware: str = ""
    os: str = ""
    os_version: str = ""
    slack_client_version: str = ""
    ip: str = ""


def read(origin: Origin) -> Device:
    """The device, as far as its User-Agent header and client hints tell."""
    return Device(ip=origin.address)

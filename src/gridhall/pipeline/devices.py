"""Devices looked at beside the loop."""

import asyncio

from gridhall.domain import devices
from gridhall.domain.devices import Device
from gridhall.domain.origin import Origin


async def read(origin: Origin) -> Device:
    """As `domain.devices.read`, in a thread: the list of browsers takes a while to load, and a made-up header to look through.

    To be called before a unit of work begins, and only for who has proved who they are.
    """
    return await asyncio.to_thread(devices.read, origin)

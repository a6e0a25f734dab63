"""Networks that organizations and workspaces may be used from."""

import json
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network

Allowlists = tuple[tuple[Network, ...], ...]
"""Each group must hold the caller's address: the organization's networks, then the workspace's."""


def read(*allowlists: str) -> Allowlists:
    """Allowlists as they are stored (JSON). One without networks allows every address."""
    lists = (json.loads(allowlist) for allowlist in allowlists)
    return tuple(tuple(ip_network(block, strict=False) for block in blocks) for blocks in lists if blocks)


def allow(allowlists: Allowlists, address: str) -> bool:
    """Whether this address may be called from."""
    if not allowlists:
        return True
    try:
        caller = ip_address(address)
    except ValueError:
        return False
    if isinstance(caller, IPv6Address) and caller.ipv4_mapped:
        # A socket for both families tells an IPv4 caller this way.
        caller = caller.ipv4_mapped
    return all(any(caller in network for network in allowlist) for allowlist in allowlists)

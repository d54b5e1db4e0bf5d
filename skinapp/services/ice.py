"""How a browser and this server find each other for video: nothing is asked of others unless it is set.

Without ICE servers WebRTC connects on one machine and inside one network. A STUN server tells a browser its
outer address; a TURN server passes the video on where no direct way is open.
"""

import base64
import hashlib
import hmac
from typing import Any

LIFETIME_S = 3600  # of a TURN credential, at least
STEP_S = 600  # within which it stays the same, so that a page that is drawn again does not connect anew


def ice_servers(
    stun_urls: tuple[str, ...], turn_urls: tuple[str, ...], turn_secret: str, now_s: float
) -> list[dict[str, Any]]:
    """The servers as WebRTC wants them, at the time ``now_s`` (Unix). Empty without settings."""
    servers: list[dict[str, Any]] = [{"urls": url} for url in stun_urls]
    if turn_urls and turn_secret:
        servers += ({"urls": url} | turn_credential(turn_secret, now_s) for url in turn_urls)
    return servers


def turn_credential(secret: str, now_s: float) -> dict[str, str]:
    """A name and password that coturn (use-auth-secret) accepts for a while, without an account.

    username = the second of expiry and a label, credential = base64(HMAC-SHA1(secret, username)), as in
    draft-uberti-behave-turn-rest-00, section 2.2. The secret itself never leaves this machine.
    """
    expiry = (int(now_s) // STEP_S + 1) * STEP_S + LIFETIME_S
    username = f"{expiry}:skinapp"
    digest = hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()
    return {"username": username, "credential": base64.b64encode(digest).decode()}

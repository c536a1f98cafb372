"""Who asks: the client whose key a request shows, or the gateway's own page, which has none."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

from .errors import Refusal

if TYPE_CHECKING:
    from starlette.datastructures import Headers

    from .settings import Key, Settings


class Keys:
    """The clients of a gateway."""

    def __init__(self, settings: Settings) -> None:
        self._page = settings.page
        self._names = settings.names
        self._digests = [(_digest(key.secret), key) for key in settings.keys if key.secret]

    def find(self, headers: Headers) -> Key:
        """The client that sent these headers.

        Raises:
            Refusal: if it shows no key, or one that nobody has.
        """
        shown = _shown(headers)
        if shown is not None:
            digest = _digest(shown)
            found = None
            # All of them, and each in the same time: how long it takes tells nothing.
            for known, key in self._digests:
                if hmac.compare_digest(known, digest):
                    found = key
            if found is None:
                raise Refusal(401, "this key is not known here", "invalid_api_key")
            return found
        if self._page is None or not self._is_our_page(headers):
            raise Refusal(401, "a key is needed: authorization: Bearer …, or x-api-key: …")
        return self._page

    def _is_our_page(self, headers: Headers) -> bool:
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site == "same-origin"
        # Browsers leave it out where there is no TLS, except on the loopback.
        host = headers.get("host", "")
        origin = headers.get("origin", "")
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
        return name in self._names and origin in (f"http://{host}", f"https://{host}")


def _shown(headers: Headers) -> str | None:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    return headers.get("x-api-key") or None


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).digest()

"""Asking an upstream: the request, and the errors that it answers with instead of a stream."""

from __future__ import annotations

import json
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING

import httpx2

from ssewire import Dispatcher

from .errors import Refusal

if TYPE_CHECKING:
    from .requests.members import Members
    from .settings import Settings, Upstream

LONGEST_ERROR = 64 * 1024
# Another upstream may do better: it is busy, or broken, or does not take our key.
NEXT = frozenset({401, 402, 403, 408, 429})


class Unavailable(Exception):
    """An upstream that cannot answer now.

    Attributes:
        refusal: what to tell the client if there is no other.
    """

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.status)
        self.refusal = refusal


def make_client(settings: Settings) -> httpx2.AsyncClient:
    """The client for all upstreams, with as many connections as there are streams."""
    timeout = httpx2.Timeout(settings.idle_seconds, connect=settings.connect_seconds, pool=None)
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=64)
    # What a server sets for one client's request is not for the next client's.
    no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=()))
    return httpx2.AsyncClient(timeout=timeout, limits=limits, cookies=no_cookies, trust_env=False)


async def ask(client: httpx2.AsyncClient, upstream: Upstream, body: Members) -> httpx2.Response:
    """Ask, and return as soon as the answer has begun. Whoever asks has to close it.

    Raises:
        Unavailable: if another upstream may do better.
        Refusal: if no other would.
    """
    body = {name: value for name, value in body.items() if name not in upstream.omit}
    try:
        content = json.dumps(body).encode()
    except RecursionError:
        # It takes more of the stack to write than to read: what was just read may be too deep.
        raise Refusal(400, "the request is nested too deeply") from None
    request = client.build_request(
        "POST", upstream.endpoint, content=content, headers=_headers(upstream)
    )
    try:
        response = await client.send(request, stream=True)
    except httpx2.ConnectError as error:
        raise Unavailable(Refusal(502, "the model's server cannot be reached")) from error
    except httpx2.TimeoutException as error:
        raise Unavailable(Refusal(504, "the model's server does not answer")) from error
    except httpx2.HTTPError as error:
        raise Unavailable(Refusal(502, "the model's server broke off")) from error
    if response.status_code == 200:
        return response
    try:
        refusal = await _refusal(response, upstream)
    finally:
        await response.aclose()
    if response.status_code in NEXT or not 400 <= response.status_code < 500:
        raise Unavailable(refusal)
    raise refusal


def _headers(upstream: Upstream) -> dict[str, str]:
    headers = {
        "content-type": "application/json",
        "accept": "text/event-stream",
        # Compression would have to be undone, and holds events back.
        "accept-encoding": "identity",
        "user-agent": "ssewire-gateway",
        **upstream.headers,
    }
    if upstream.shape == "messages":
        headers.setdefault("anthropic-version", "2023-06-01")
    if upstream.key is not None:
        if upstream.shape == "messages":
            headers["x-api-key"] = upstream.key
        else:
            headers["authorization"] = f"Bearer {upstream.key}"
    return headers


async def _refusal(response: httpx2.Response, upstream: Upstream) -> Refusal:
    status = response.status_code
    if status in (401, 402, 403):
        # It is about our key, and none of the client's business.
        return Refusal(502, "the model's server does not accept the gateway")
    if not 400 <= status < 600:
        return Refusal(502, "the model's server answers with something else than a stream")
    reader = Dispatcher()
    size = 0
    try:
        async for chunk in response.aiter_raw():
            reader.feed(chunk[: LONGEST_ERROR - size])
            size += len(chunk)
            if size >= LONGEST_ERROR:
                break
    except httpx2.HTTPError:
        pass  # what has come of it will do
    reader.finish()
    error = reader.outcome.error
    said = (error and error.message) or "the model's server refuses, and does not say why"
    code = error.code if error and isinstance(error.code, str) else None
    retry_after = response.headers.get("retry-after")
    return Refusal(status, upstream.without_key(said), code, retry_after)

"""`is_retryable` and `retry_after`: errors of this package and of the real libraries."""

from __future__ import annotations

import asyncio
import email.message
import errno
import http.client
import socket
import ssl
import time
import urllib.error
from email.utils import formatdate
from types import SimpleNamespace
from typing import Any

import aiohttp
import anthropic
import httpx
import openai
import pytest
import requests
import urllib3

from ssewire import (
    ErrorInfo,
    EventTooLarge,
    FirstTokenTimeout,
    IdleTimeout,
    InvalidPayload,
    NotAnEventStream,
    Stream,
    StreamError,
    StreamTimeout,
    TotalTimeout,
    TruncatedStream,
)
from ssewire.retry import Policy, is_retryable, retry_after

REQUEST = httpx.Request("POST", "http://localhost/")
QUOTA = {"error": {"type": "insufficient_quota", "code": "insufficient_quota", "message": "spent"}}


def in_stream(status: int | None, code: str | None = None, type_: str | None = None) -> StreamError:
    retryable = status is not None and (status in (408, 409, 429) or status >= 500)
    return StreamError(ErrorInfo(type_, code, "m", None, status, retryable))


def refused(status: int, body: Any = None, **headers: str) -> NotAnEventStream:
    """What a `Stream` of such a response raises."""
    with pytest.raises(NotAnEventStream) as caught:
        Stream(httpx.Response(status, json=body, headers=headers, request=REQUEST)).until_done()
    return caught.value


def sdk_error(library: Any, status: int, body: Any = None, **headers: str) -> Exception:
    """What an SDK raises for such a response."""

    def answer(_request: Any) -> Any:
        return library_http.Response(status, json=body or {}, headers=headers)

    library_http: Any = httpx
    module = library.DefaultHttpxClient.__mro__[1].__module__.partition(".")[0]
    if module != "httpx":
        import importlib

        library_http = importlib.import_module(module)
    transport = library_http.MockTransport(answer)
    with library_http.Client(transport=transport) as http_client:
        cls = library.OpenAI if library is openai else library.Anthropic
        client = cls(api_key="none", max_retries=0, http_client=http_client)
        with pytest.raises(library.APIStatusError) as caught:
            client.get("/x", cast_to=object)
    error: Exception = caught.value
    return error


def wrapped(error: Exception, cause: BaseException) -> Exception:
    error.__cause__ = cause
    return error


def of_requests() -> Exception:
    response = requests.Response()
    response.status_code = 503
    response.headers["Retry-After"] = "7"
    return requests.HTTPError(response=response)


def of_urllib(status: int) -> Exception:
    headers = email.message.Message()
    headers["Retry-After"] = "7"
    return urllib.error.HTTPError("http://localhost", status, "", headers, None)


def of_aiohttp(status: int) -> Exception:
    info: Any = SimpleNamespace(real_url="")
    return aiohttp.ClientResponseError(info, (), status=status, headers={"Retry-After": "7"})  # type: ignore[arg-type]


RETRYABLE = [
    *map(in_stream, (408, 409, 429, 500, 503, 529)),
    TruncatedStream(3),
    StreamTimeout(None),
    FirstTokenTimeout(1),
    IdleTimeout(1),
    refused(429),
    refused(503, {"error": {"message": "busy"}}),
    NotAnEventStream(b"{}", error=in_stream(529).error),
    *(sdk_error(openai, status) for status in (408, 409, 429, 500)),
    *(sdk_error(anthropic, status) for status in (429, 529)),
    sdk_error(openai, 400, None, **{"x-should-retry": "true"}),
    openai.APIConnectionError(request=REQUEST),  # type: ignore[arg-type]
    openai.APITimeoutError(REQUEST),  # type: ignore[arg-type]
    anthropic.APIConnectionError(request=REQUEST),  # type: ignore[arg-type]
    httpx.ConnectError("no"),
    httpx.ReadError("no"),
    httpx.ConnectTimeout("no"),
    httpx.PoolTimeout("no"),
    httpx.RemoteProtocolError("no"),
    httpx.HTTPStatusError("no", request=REQUEST, response=httpx.Response(502)),
    requests.ConnectionError(),
    requests.ReadTimeout(),
    requests.exceptions.ChunkedEncodingError(),
    of_requests(),
    aiohttp.ServerDisconnectedError(),
    aiohttp.ConnectionTimeoutError(),
    aiohttp.ClientPayloadError(),
    of_aiohttp(503),
    urllib3.exceptions.ProtocolError(),
    urllib3.exceptions.ReadTimeoutError(None, "", ""),  # type: ignore[arg-type]
    urllib3.exceptions.MaxRetryError(None, ""),  # type: ignore[arg-type]
    urllib3.exceptions.IncompleteRead(1, 2),
    http.client.RemoteDisconnected(""),
    http.client.IncompleteRead(b""),
    of_urllib(503),
    urllib.error.URLError(ConnectionRefusedError()),
    ConnectionRefusedError(),
    TimeoutError(),
    asyncio.TimeoutError(),
    socket.gaierror(),
    OSError(errno.EHOSTUNREACH, "no"),
]
FINAL = [
    *map(in_stream, (400, 401, 402, 404, None)),
    in_stream(429, "insufficient_quota"),
    in_stream(429, None, "insufficient_quota"),
    TotalTimeout(1),
    EventTooLarge(1, 2),
    InvalidPayload(1, ""),
    NotAnEventStream(b"<html>"),
    refused(401),
    refused(429, QUOTA),
    sdk_error(openai, 429, QUOTA),
    *(sdk_error(openai, status) for status in (400, 401, 422)),
    sdk_error(anthropic, 529, None, **{"x-should-retry": "false"}),
    httpx.UnsupportedProtocol("no"),
    httpx.LocalProtocolError("no"),
    httpx.InvalidURL("no"),
    httpx.TooManyRedirects("no"),
    httpx.HTTPStatusError("no", request=REQUEST, response=httpx.Response(404)),
    wrapped(httpx.ConnectError("no"), ssl.SSLCertVerificationError()),
    requests.exceptions.InvalidURL(),
    requests.exceptions.MissingSchema(),
    requests.TooManyRedirects(),
    aiohttp.InvalidURL("no"),
    of_aiohttp(404),
    urllib3.exceptions.LocationParseError("no"),
    http.client.InvalidURL(),
    of_urllib(404),
    urllib.error.URLError("unknown url type"),
    urllib.error.URLError(FileNotFoundError()),
    FileNotFoundError(errno.ENOENT, "no"),
    ValueError(),
    Exception(),
    asyncio.CancelledError(),
    KeyboardInterrupt(),
]


def name(error: BaseException) -> str:
    return f"{type(error).__module__}.{error!r}"[:60]


@pytest.mark.parametrize("error", RETRYABLE, ids=name)
def test_retryable(error: BaseException) -> None:
    assert is_retryable(error)


@pytest.mark.parametrize("error", FINAL, ids=name)
def test_final(error: BaseException) -> None:
    assert not is_retryable(error)


def test_a_status_of_an_unknown_library() -> None:
    class UnknownError(Exception):
        response = SimpleNamespace(status=503)

    assert is_retryable(UnknownError())


class TestRetryAfter:
    @pytest.mark.parametrize(
        ("value", "seconds"),
        [
            ("7", 7),
            ("1.5", 1.5),
            (" 7 ", 7),
            ("0", None),
            ("-1", None),
            ("nan", None),
            ("inf", None),
            ("1e3", None),
            ("\u0667", None),
            ("soon", None),
            ("", None),
            ("9" * 400, float("inf")),
            ("Wed, 21 Oct 2015 07:28:00 GMT", None),
            ("Wed, 99 Oct 2015 07:28:00 GMT", None),
        ],
    )
    def test_seconds(self, value: str, seconds: float | None) -> None:
        error = Exception()
        error.headers = {"Retry-After": value}  # type: ignore[attr-defined]
        assert retry_after(error) == seconds

    @pytest.mark.parametrize("zone", ["GMT", "-0000", "+0000"])
    def test_date(self, zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
        now = 1_700_000_000.0
        monkeypatch.setattr(time, "time", lambda: now)
        date = formatdate(now + 90, usegmt=True).replace("GMT", zone)
        assert retry_after(refused(429, None, **{"retry-after": date})) == 90

    def test_milliseconds_come_first(self) -> None:
        error = refused(429, None, **{"retry-after-ms": "250", "retry-after": "7"})
        assert retry_after(error) == 0.25
        error = refused(429, None, **{"retry-after-ms": "some", "retry-after": "7"})
        assert retry_after(error) == 7

    @pytest.mark.parametrize(
        "error",
        [
            of_requests(),
            of_urllib(503),
            of_aiohttp(503),
            sdk_error(openai, 429, None, **{"retry-after": "7"}),
            sdk_error(anthropic, 429, None, **{"retry-after": "7"}),
            httpx.HTTPStatusError(
                "", request=REQUEST, response=httpx.Response(429, headers={"Retry-After": "7"})
            ),
        ],
        ids=name,
    )
    def test_of_the_libraries(self, error: Exception) -> None:
        assert retry_after(error) == 7

    @pytest.mark.parametrize("error", [Exception(), TruncatedStream(), httpx.ReadError("")])
    def test_nothing(self, error: Exception) -> None:
        assert retry_after(error) is None


class TestPolicy:
    def test_retry_after_wins(self) -> None:
        error = refused(429, None, **{"retry-after": "60"})
        assert Policy(maximum=1).wait(error, 1, 0) == 60
        assert Policy(initial=50, maximum=500).wait(error, 1, 0) == 60

    def test_retry_after_beyond_the_budget(self) -> None:
        error = refused(429, None, **{"retry-after": "60"})
        assert Policy(seconds=100).wait(error, 1, 39) == 60
        assert Policy(seconds=100).wait(error, 1, 41) is None
        assert Policy(seconds=None).wait(error, 1, 1e6) == 60
        never = refused(429, None, **{"retry-after": "9" * 400})
        assert Policy(seconds=None).wait(never, 1, 0) is None

    def test_attempts(self) -> None:
        assert Policy(attempts=2).wait(TruncatedStream(), 1, 0) is not None
        assert Policy(attempts=2).wait(TruncatedStream(), 2, 0) is None
        assert Policy(attempts=1).wait(TruncatedStream(), 1, 0) is None

    def test_is_a_value(self) -> None:
        assert Policy() == Policy()
        assert Policy(attempts=2) != Policy()
        Policy().wait(TruncatedStream(), 1, 0)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"attempts": 0},
            {"seconds": 0},
            {"seconds": float("nan")},
            {"initial": -1},
            {"maximum": float("inf")},
            {"partial": "keep"},
        ],
    )
    def test_refuses(self, wrong: dict[str, Any]) -> None:
        with pytest.raises(ValueError, match=next(iter(wrong))):
            Policy(**wrong)

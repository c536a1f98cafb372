"""What is raised of an error, of a status, of a body that is no stream; and what of it can be kept."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

import ssewire
from answer_case import DONE, finishes, says
from answers import stream
from ssewire import (
    AsyncStream,
    ErrorInfo,
    NotAnEventStream,
    SSEError,
    Stream,
    StreamError,
    TruncatedStream,
)
from stream_case import AsyncBody, Body, aerror_of, as_adapted, error_of  # noqa: F401

pytestmark = pytest.mark.usefixtures("as_adapted")

HEL = stream(says("Hel"))
HELLO = stream(says("Hello"), finishes(), DONE)
EVENTS, JSON = {"content-type": "text/event-stream; charset=utf-8"}, {"Content-Type": "text/json"}
DENIED = b'{"error": {"message": "no key", "type": "shiny_error"}}'

CLASSES = [
    (400, "BadRequestError"),
    (401, "AuthenticationError"),
    (403, "PermissionDeniedError"),
    (404, "NotFoundError"),
    (409, "ConflictError"),
    (422, "UnprocessableEntityError"),
    (429, "RateLimitError"),
    (500, "InternalServerError"),
    (503, "InternalServerError"),
    (529, "OverloadedError"),
    (None, "StreamError"),
    (418, "StreamError"),
]


def info(status: int | None) -> ErrorInfo:
    return ErrorInfo("type", "code", "message", None, status, retryable=status == 429)


@pytest.mark.parametrize(("status", "name"), CLASSES)
def test_classes(status: int | None, name: str) -> None:
    error = StreamError(info(status))
    assert type(error).__name__ == name
    assert type(error) is getattr(ssewire, name)
    assert isinstance(error, StreamError)
    assert (error.status, error.status_code, error.retryable) == (status, status, status == 429)
    with pytest.raises(getattr(ssewire, name)):
        raise error


async def either(**known: Any) -> list[tuple[Any, str, Any]]:
    """A stream, its text and its error, with and without await."""
    pieces, options = known.pop("pieces"), known.pop("options", {})
    made: Stream[Any] = Stream(Body(*pieces).source(**known), **options)
    other: AsyncStream[Any] = AsyncStream(AsyncBody(*pieces).source(**known), **options)
    return [(made, *error_of(made)), (other, *await aerror_of(other))]


@pytest.mark.parametrize(("status", "name"), CLASSES)
async def test_an_error_in_the_stream(status: int | None, name: str) -> None:
    payload = {"error": {"message": "no", "code": status}}
    for made, text, error in await either(pieces=[HEL, stream(payload), OSError("too far")]):
        assert (text, type(error).__name__) == ("Hel", name)
        assert error.outcome == made.outcome
        assert error.error == made.outcome.error


@pytest.mark.parametrize("name", ["overloaded_error", "rate_limit_error", "api_error"])
async def test_an_error_that_names_its_type(name: str) -> None:
    payload = {"type": "error", "error": {"type": name, "message": "no"}}
    classes = {
        "overloaded_error": ssewire.OverloadedError,
        "rate_limit_error": ssewire.RateLimitError,
        "api_error": ssewire.InternalServerError,
    }
    for _, text, error in await either(pieces=[stream(payload, names=True)]):
        assert (text, type(error)) == ("", classes[name])


@pytest.mark.parametrize(("status", "name"), CLASSES[:-2])
async def test_a_status_that_is_no_success(status: int, name: str) -> None:
    for made, text, error in await either(pieces=[DENIED], status=status, headers=JSON):
        assert (text, type(error)) == ("", NotAnEventStream)
        assert (error.status, error.body, error.kind) == (status, DENIED, "json")
        assert error.json == {"error": {"message": "no key", "type": "shiny_error"}}
        assert (error.error.message, error.error.status) == ("no key", status)
        assert error.error.retryable == (status in (409, 429) or status >= 500)
        # Whoever does not want it raised is told the same.
        assert made.outcome.error == error.error
        assert made.outcome == error.outcome
        assert type(StreamError(error.error)).__name__ == name
        assert error.response is made.response
        assert made.closed
        assert f"HTTP {status}, " in str(error)


async def test_a_status_that_is_no_success_and_an_event_stream() -> None:
    events = b"data: " + DENIED + b"\n\n"
    for _, _, error in await either(pieces=[events], status=429, headers=EVENTS):
        assert type(error) is ssewire.RateLimitError
        assert (error.status, error.retryable) == (429, True)
    for _, _, error in await either(pieces=[DENIED], status=429, headers=EVENTS):
        assert type(error) is NotAnEventStream
        assert isinstance(error.error, ErrorInfo)
        assert (error.status, error.error.status) == (429, 429)


async def test_the_error_s_own_status_counts_more() -> None:
    body = b'{"error": {"message": "no", "code": 404}}'
    for _, _, error in await either(pieces=[body], status=500, headers=JSON):
        assert (error.status, error.error.status) == (500, 404)


async def test_a_large_body_is_not_read_on() -> None:
    pieces = [b"<html>", *[b"x" * 10_000] * 20]
    for made, _, error in await either(pieces=pieces, status=502):
        assert (error.kind, error.status) == ("html", 502)
        assert len(error.body) == 64 * 1024
        assert made.response.given < len(pieces)
        assert made.response.closed == 1


@pytest.mark.parametrize("options", [{"max_event_size": 30}, {"strict": True}])
async def test_what_is_no_event_stream_breaks_no_limit_of_one(options: dict[str, Any]) -> None:
    for body in (DENIED, b"data: {oops\n\n", b"x" * 500):
        for _, _, error in await either(pieces=[body], status=500, options=options):
            assert (type(error), error.body, error.status) == (NotAnEventStream, body, 500)


async def test_a_body_that_breaks_off() -> None:
    for _, _, error in await either(
        pieces=[b"<html>", OSError("reset")], status=500, lost=(OSError,)
    ):
        assert (type(error), error.body) == (NotAnEventStream, b"<html>")
        assert isinstance(error.__cause__, OSError)


FITTING: list[tuple[int | None, str | None, bool]] = [
    (None, None, True),
    (200, None, True),
    (200, "text/event-stream", True),
    (200, "Text/Event-Stream;charset=utf-8", True),
    (200, "application/json, text/event-stream", True),
    (206, "text/event-stream", True),
    (200, "text/plain", False),
    (200, "application/json", False),
    (200, "", True),
    (500, "text/event-stream", True),
    (500, None, False),
    (302, None, False),
]


@pytest.mark.parametrize(("status", "content_type", "fits"), FITTING)
async def test_content_types(status: int | None, content_type: str | None, fits: bool) -> None:
    headers = {} if content_type is None else {"content-type": content_type}
    for _, text, error in await either(pieces=[HELLO], status=status, headers=headers):
        assert (text, type(error)) == (("Hello", type(None)) if fits else ("", NotAnEventStream))
    if status == 200:
        unchecked = {"check_content_type": False}
        for _, text, error in await either(
            pieces=[HELLO], status=status, headers=headers, options=unchecked
        ):
            assert (text, error) == ("Hello", None)


@pytest.mark.parametrize(
    "pieces", [[HEL, stream({"error": {"message": "no"}})], [HEL], [DENIED], [], [b"<html>"]]
)
@pytest.mark.parametrize("status", [200, 500])
async def test_errors_need_not_be_raised(pieces: list[bytes], status: int) -> None:
    for made, _, error in await either(
        pieces=pieces, status=status, options={"raise_errors": False}
    ):
        assert error is None
        assert made.closed
        assert not made.outcome.complete
        with pytest.raises(SSEError):
            made.outcome.raise_for_error()


async def test_other_errors_are_raised_all_the_same() -> None:
    for _, _, error in await either(
        pieces=[HEL, b"data: " + b"x" * 500],
        options={"raise_errors": False, "max_event_size": 300},
    ):
        assert type(error) is ssewire.EventTooLarge


class LibraryTimeout(Exception):
    """What an HTTP library raises."""


class Broken(Exception):
    """The same for a connection that broke."""


BROKEN: list[tuple[BaseException, bytes, type[BaseException] | None]] = [
    (LibraryTimeout("late"), HEL, ssewire.StreamTimeout),
    (Broken("lost"), HEL, TruncatedStream),
    (Broken("lost"), HEL + stream(finishes()), None),
    (KeyError("bug"), HEL, KeyError),
]


@pytest.mark.parametrize(("raised", "before", "kind"), BROKEN)
async def test_errors_of_the_library(
    raised: BaseException, before: bytes, kind: type[BaseException] | None
) -> None:
    known: dict[str, Any] = {"late": (LibraryTimeout,), "lost": (Broken,), "status": 200}
    made: Any
    for made in (
        Stream(Body(before, raised).source(**known)),
        AsyncStream(AsyncBody(before, raised).source(**known)),
    ):
        error = None
        try:
            if isinstance(made, Stream):
                made.until_done()
            else:
                await made.until_done()
        except Exception as caught:  # noqa: BLE001 (any is looked at)
            error = caught
        assert made.outcome.text == "Hel"
        if kind is None:
            assert error is None
        elif kind is KeyError:
            assert error is raised
        else:
            assert type(error) is kind
            assert error.__cause__ is raised
            assert getattr(error, "outcome") == made.outcome  # noqa: B009 (of either class)
            assert getattr(error, "limit", None) is None


OUTCOME = Stream(HEL, raise_errors=False).until_done()
ERRORS = [
    *(StreamError(info(status)) for status, _ in CLASSES),
    TruncatedStream(3),
    NotAnEventStream(DENIED, error=info(401)),
    ssewire.StreamTimeout(None),
    *(ssewire.FirstTokenTimeout(1.5), ssewire.IdleTimeout(2), ssewire.TotalTimeout(0.1)),
    ssewire.EventTooLarge(10, 20),
    ssewire.InvalidPayload(10, "oops"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy, lambda e: pickle.loads(pickle.dumps(e))])
def test_errors_can_be_sent(error: SSEError, way: Any) -> None:
    assert error.outcome is None
    error = copy.copy(error)
    error.outcome = OUTCOME
    if isinstance(error, NotAnEventStream):
        error.status = 401
    found = way(error)
    assert type(found) is type(error)
    assert str(found) == str(error)
    assert found.args == error.args
    assert vars(found) == vars(error)
    assert found.outcome == OUTCOME

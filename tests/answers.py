"""A dispatcher and its oracle, seen alike."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from reference import TooLarge
from reference_delta import MEMBERS
from reference_dispatch import Invalid, Item, ReferenceDispatcher
from reference_json import clean
from ssewire import (
    Chunk,
    ChunkDispatcher,
    Dispatcher,
    EventDispatcher,
    EventTooLarge,
    InvalidPayload,
    StreamEvent,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ssewire import Delta

WIRE = Path(__file__).parent / "corpus" / "wire"
NAMES = sorted(path.stem for path in WIRE.glob("*.sse"))

RealDispatcher: TypeAlias = "Dispatcher | ChunkDispatcher | EventDispatcher"
AnyDispatcher: TypeAlias = "RealDispatcher | ReferenceDispatcher"

CHUNKS, EVENTS = ("chat", "completions"), ("messages", "responses")
# Ways to ask for an answer: any family, one family, one shape.
WAYS = ("any", "chunks", "events", *CHUNKS, *EVENTS)


class Seen(NamedTuple):
    payload: str | None
    class_name: str
    deltas: list[dict[str, Any]]


class State(NamedTuple):
    """All that a dispatcher tells between two calls."""

    shape: str | None
    outcome: Any
    function_call: Any
    snapshot: Any


def body_of(name: str) -> bytes:
    return (WIRE / f"{name}.sse").read_bytes()


def expected_of(name: str) -> dict[str, Any]:
    expected: dict[str, Any] = json.loads((WIRE / f"{name}.json").read_text(encoding="utf-8"))
    return expected


def real(way: str = "any", **options: Any) -> RealDispatcher:
    if way == "any":
        return Dispatcher(**options)
    shape: Any = "auto" if way in ("chunks", "events") else way
    if way in ("chunks", *CHUNKS):
        return ChunkDispatcher(shape, **options)
    return EventDispatcher(shape, **options)


def reference(way: str = "any", **options: Any) -> ReferenceDispatcher:
    if way in ("any", "chunks", "events"):
        family: Any = None if way == "any" else way
        return ReferenceDispatcher(family=family, **options)
    family = "chunks" if way in CHUNKS else "events"
    return ReferenceDispatcher(way, family=family, **options)


def members(delta: Delta) -> dict[str, Any]:
    found = {name: getattr(delta, name) for name in MEMBERS}
    if found["error"] is not None:
        found["error"] = error_members(found["error"])
    return found


def error_members(error: Any) -> dict[str, Any]:
    names = ("type", "code", "message", "param", "status", "retryable", "raw")
    return {name: getattr(error, name) for name in names}


def seen(item: Item | Chunk | StreamEvent) -> Seen:
    if isinstance(item, Item):
        payload, class_name, deltas = item
    else:
        payload, class_name = item.to_json(), type(item).__name__
        deltas = [members(delta) for delta in item.deltas]
    if any(delta["kind"] == "done" and delta["index"] is None for delta in deltas):
        # Of a `[DONE]` only what it says counts.
        return Seen("[DONE]" if "[DONE]" in payload else payload.strip(), class_name, deltas)
    return Seen(payload.strip(), class_name, deltas)


def outcome_of(dispatcher: AnyDispatcher) -> dict[str, Any]:
    outcome = dispatcher.outcome
    result: dict[str, Any] = outcome if isinstance(outcome, dict) else outcome.to_dict()
    return result


def state_of(dispatcher: AnyDispatcher) -> State:
    if isinstance(dispatcher, ReferenceDispatcher):
        function_call = dispatcher.function_call
    else:
        function_call = dispatcher.outcome.function_call
    return State(dispatcher.shape, outcome_of(dispatcher), function_call, dispatcher.snapshot())


def call(dispatcher: AnyDispatcher, chunk: bytes | None) -> object:
    """Feed the chunk, or finish if there is none; what was answered, or what was raised."""
    try:
        items = dispatcher.finish() if chunk is None else dispatcher.feed(chunk)
    except (EventTooLarge, TooLarge) as error:
        return "too large", error.limit, error.offset
    except (InvalidPayload, Invalid) as error:
        return "invalid", error.offset
    except ValueError:
        return "misused"
    return [seen(item) for item in items]


def read(dispatcher: AnyDispatcher, chunks: Iterable[bytes]) -> tuple[list[Seen], State]:
    """A whole stream: its items, and what is known at its end."""
    items = [seen(item) for chunk in chunks for item in dispatcher.feed(chunk)]
    items += [seen(item) for item in dispatcher.finish()]
    return items, state_of(dispatcher)


def exact(value: object) -> str:
    """As text, for 1 is equal to 1.0 and to True, and half a pair may stand for itself."""
    return clean(json.dumps(value, ensure_ascii=False, sort_keys=True, default=repr))


def assert_same(found: object, expected: object) -> None:
    if exact(found) != exact(expected):
        assert found == expected
        assert exact(found) == exact(expected)


def stream(*payloads: Any, names: bool = False) -> bytes:
    """The payloads as an event stream; those of type `bytes` as they are."""
    blocks = []
    for payload in payloads:
        if isinstance(payload, bytes):
            blocks.append(payload)
            continue
        data = payload if isinstance(payload, str) else json.dumps(payload)
        name = f"event: {payload['type']}\n" if names and "type" in payload else ""
        blocks.append(f"{name}data: {data}\n\n".encode("utf-8", "surrogatepass"))
    return b"".join(blocks)

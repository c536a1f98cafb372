"""What the official SDKs make of a recorded stream, and whether ours reads the same."""

from __future__ import annotations

from typing import Any

import anthropic
import openai
from pydantic import BaseModel

from answers import NAMES, body_of, expected_of
from test_sdk import MESSAGE, client

# Recorded streams of which the SDK says what we say, to its end; a failure ends it early.
AGREED = [
    name for name in NAMES if expected_of(name)["sdk"]["agrees"] and not expected_of(name)["error"]
]


def agreed(*shapes: str) -> list[str]:
    return [name for name in AGREED if expected_of(name)["shape"] in shapes]


def raw(name: str) -> list[Any]:
    """The objects that `create(stream=True)` yields."""
    shape, body = expected_of(name)["shape"], [body_of(name)]
    if shape == "messages":
        with client(anthropic.Anthropic, body) as sdk:
            api = sdk.beta.messages if expected_of(name).get("beta") else sdk.messages
            return list(api.create(model="m", messages=[MESSAGE], max_tokens=9, stream=True))
    with client(openai.OpenAI, body) as sdk:
        if shape == "chat":
            messages = [MESSAGE]
            return list(sdk.chat.completions.create(model="m", messages=messages, stream=True))
        if shape == "completions":
            return list(sdk.completions.create(model="m", prompt="x", stream=True))
        return list(sdk.responses.create(model="m", input="x", stream=True))


def final(name: str) -> Any:
    """The final object of the helper `stream()`."""
    shape, body = expected_of(name)["shape"], [body_of(name)]
    if shape == "messages":
        with client(anthropic.Anthropic, body) as sdk:
            api = sdk.beta.messages if expected_of(name).get("beta") else sdk.messages
            with api.stream(model="m", messages=[MESSAGE], max_tokens=9) as stream:
                return stream.get_final_message()
    with client(openai.OpenAI, body) as sdk:
        if shape == "chat":
            with sdk.chat.completions.stream(model="m", messages=[MESSAGE]) as stream:
                return stream.get_final_completion()
        with sdk.responses.stream(model="m", input="x") as stream:
            return stream.get_final_response()


def names_of(model: BaseModel) -> dict[str, str]:
    """The members of a model: their names on the wire, and in Python."""
    return {field.alias or name: name for name, field in type(model).model_fields.items()}


def assert_reads(ours: Any, theirs: Any, where: str) -> None:
    """Every member of theirs, declared or not, is an attribute of ours with the same value."""
    if isinstance(theirs, BaseModel):
        for wire_name, name in names_of(theirs).items():
            value = getattr(theirs, name)
            # What is absent is `None`, unless it is younger than the types that we know.
            our = getattr(ours, wire_name, None) if value is None else getattr(ours, wire_name)
            assert_reads(our, value, f"{where}.{name}")
        for name, value in (theirs.model_extra or {}).items():
            assert_reads(getattr(ours, name), value, f"{where}.{name}")
    elif isinstance(theirs, list):
        assert len(ours) == len(theirs), where
        for index, (one, other) in enumerate(zip(ours, theirs, strict=True)):
            assert_reads(one, other, f"{where}[{index}]")
    elif isinstance(theirs, dict):
        assert (ours if isinstance(ours, dict) else ours.to_dict()) == theirs, where
    else:
        # Where a float is declared they make one of an integer.
        assert isinstance(ours, bool) == isinstance(theirs, bool), where
        assert ours == theirs, where


def assert_holds(ours: Any, theirs: Any, where: str = "") -> None:
    """The same for a dict of ours: every member that their types define; absent is `None`."""
    if isinstance(theirs, BaseModel):
        assert isinstance(ours, dict), where
        for wire_name, name in names_of(theirs).items():
            assert_holds(ours.get(wire_name), getattr(theirs, name), f"{where}.{name}")
    elif isinstance(theirs, list):
        assert isinstance(ours, list), where
        assert len(ours) == len(theirs), where
        for index, (one, other) in enumerate(zip(ours, theirs, strict=True)):
            assert_holds(one, other, f"{where}[{index}]")
    else:
        assert ours == theirs, where

"""Requests as the SDKs really send them."""

from __future__ import annotations

import json
from typing import Any

import anthropic
import httpx
import httpx2
import openai

from gateway.requests import Shape, translate

SHAPES: tuple[Shape, ...] = ("chat", "messages", "responses")
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
)
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
FORECAST = {"name": "forecast", "description": "The weather", "parameters": SCHEMA}
CALL = {"id": "call_1", "type": "function", "function": {"name": "forecast", "arguments": "{}"}}


class Sent(Exception):
    """What a client would have sent."""

    body: dict[str, Any]


def _catch(request: Any) -> Any:
    caught = Sent()
    caught.body = json.loads(request.content)
    raise caught


def chat(**params: Any) -> dict[str, Any]:
    """The body that the openai SDK makes of a chat."""
    client = openai.OpenAI(
        api_key="k",
        base_url="http://test",
        max_retries=0,
        http_client=httpx.Client(transport=httpx.MockTransport(_catch)),
    )
    defaults: dict[str, Any] = {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}
    return _sent(lambda: client.chat.completions.create(**(defaults | params)))


def responses(**params: Any) -> dict[str, Any]:
    """The body that the openai SDK makes of a response."""
    client = openai.OpenAI(
        api_key="k",
        base_url="http://test",
        max_retries=0,
        http_client=httpx.Client(transport=httpx.MockTransport(_catch)),
    )
    return _sent(lambda: client.responses.create(**({"model": "m", "input": "Hi"} | params)))


def messages(**params: Any) -> dict[str, Any]:
    """The body that the anthropic SDK makes."""
    client = anthropic.Anthropic(
        api_key="k",
        base_url="http://test",
        max_retries=0,
        http_client=httpx2.Client(transport=httpx2.MockTransport(_catch)),
    )
    defaults: dict[str, Any] = {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}
    return _sent(lambda: client.messages.create(**(defaults | {"max_tokens": 9} | params)))


def _sent(create: Any) -> dict[str, Any]:
    try:
        create()
    except Exception as error:
        found: BaseException | None = error
        while found is not None and not isinstance(found, Sent):
            found = found.__cause__ or found.__context__
        assert found is not None, error
        return found.body
    raise AssertionError("nothing was sent")


def to(target: Shape, body: dict[str, Any], source: Shape) -> dict[str, Any]:
    return translate(body, source, target, "upstream-model").body

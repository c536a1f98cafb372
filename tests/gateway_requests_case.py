"""Requests as the SDKs really send them."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import anthropic
import httpx2
import openai

from gateway.requests import Shape, translate

if TYPE_CHECKING:
    from collections.abc import Callable

SHAPES: tuple[Shape, ...] = ("chat", "messages", "responses")
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
)
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
FORECAST = {"name": "forecast", "description": "The weather", "parameters": SCHEMA}
CALL = {"id": "call_1", "type": "function", "function": {"name": "forecast", "arguments": "{}"}}


def chat(**params: Any) -> dict[str, Any]:
    """The body that the openai SDK makes of a chat."""
    given = {"model": "m", "messages": [{"role": "user", "content": "Hi"}], **params}
    return _sent(lambda caught: caught.by_openai().chat.completions.create(**given))


def responses(**params: Any) -> dict[str, Any]:
    """The body that the openai SDK makes of a response."""
    given = {"model": "m", "input": "Hi", **params}
    return _sent(lambda caught: caught.by_openai().responses.create(**given))


def messages(**params: Any) -> dict[str, Any]:
    """The body that the anthropic SDK makes."""
    asked = [{"role": "user", "content": "Hi"}]
    given = {"model": "m", "max_tokens": 9, "messages": asked, **params}
    return _sent(lambda caught: caught.by_anthropic().messages.create(**given))


def _sent(create: Callable[[Caught], object]) -> dict[str, Any]:
    caught = Caught()
    with suppress(openai.APIError, anthropic.APIError):
        create(caught)
    (body,) = caught.bodies
    return body


class Caught:
    """What a client has sent, to a server that refuses all."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []

    def by_openai(self) -> openai.OpenAI:
        def answer(request: httpx2.Request) -> httpx2.Response:
            self.bodies.append(json.loads(request.content))
            return httpx2.Response(400)

        http = httpx2.Client(transport=httpx2.MockTransport(answer))
        return openai.OpenAI(api_key="k", base_url="http://test", max_retries=0, http_client=http)

    def by_anthropic(self) -> anthropic.Anthropic:
        def answer(request: httpx2.Request) -> httpx2.Response:
            self.bodies.append(json.loads(request.content))
            return httpx2.Response(400)

        http = httpx2.Client(transport=httpx2.MockTransport(answer))
        return anthropic.Anthropic(
            api_key="k", base_url="http://test", max_retries=0, http_client=http
        )


def to(target: Shape, body: dict[str, Any], source: Shape) -> dict[str, Any]:
    return translate(body, source, target, "upstream-model").body

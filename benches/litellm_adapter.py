"""LiteLLM's translation from chat to messages, next to a relay's, in one process.

A program for the environment that `litellm_venv` makes. Prints, as JSON, nanoseconds per event by
cut.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

import litellm_venv
import streams
import timing
import translations

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from peers import Chunks

OURS, ADAPTER, WHOLE = "relay", "adapter", "SDK and adapter"
CUTS = ("event", "16 KiB")
MESSAGES = [{"role": "user", "content": "Hi"}]


def relay(chunks: Chunks) -> Chunks:
    import ssewire

    relay = ssewire.Relay(to="messages")
    feed = relay.feed
    sent = [feed(chunk) for chunk in chunks]
    sent.append(relay.finish())
    return sent


async def parsed(chunks: Chunks) -> AsyncIterator[Any]:
    """The chunk objects that the adapter takes, made in the cheapest way that there is."""
    from litellm.types.utils import ModelResponseStream  # type: ignore[import-not-found]

    import naive

    for payloads in naive.reads(chunks):
        for payload in payloads:
            yield ModelResponseStream(**payload)


async def from_sdk(chunks: Chunks) -> Any:
    """The chunk objects as its proxy gets them: from its SDK, without a network."""
    import httpx
    import litellm  # type: ignore[import-not-found]
    import openai

    class Body(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            for chunk in chunks:
                yield chunk

    def answer(_: httpx.Request) -> httpx.Response:
        headers = {"content-type": "text/event-stream"}
        return httpx.Response(200, headers=headers, stream=Body())

    http: Any = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    client = openai.AsyncOpenAI(api_key="none", http_client=http)
    return await litellm.acompletion(
        model="openai/gpt-4o",
        messages=MESSAGES,
        stream=True,
        stream_options={"include_usage": True},
        client=client,
    )


async def adapt(chunks: Chunks, *, whole: bool) -> Chunks:
    from litellm.llms.anthropic.pass_through.adapters import (  # type: ignore[import-not-found]
        transformation,
    )

    stream = await from_sdk(chunks) if whole else parsed(chunks)
    adapter = transformation.AnthropicAdapter()
    adapted = adapter.translate_completion_output_params_streaming(stream, model="any")
    return [piece async for piece in adapted]


def run(chunks: Chunks, *, whole: bool) -> Chunks:
    return asyncio.run(adapt(chunks, whole=whole))


def main() -> None:
    stream = streams.shape("chat")
    _, answer = stream.written
    wanted = translations.wanted("messages", answer)
    runs: dict[tuple[str, str], Callable[[], Chunks]] = {}
    for cut in CUTS:
        chunks = stream.cut(streams.CUTS[cut])
        runs[cut, OURS] = partial(relay, chunks)
        runs[cut, ADAPTER] = partial(run, chunks, whole=False)
        runs[cut, WHOLE] = partial(run, chunks, whole=True)
    for key, translate in runs.items():
        read = translations.found(translate())
        assert read == wanted, (key, read[1:], wanted[1:])
    best = timing.best_rounds(runs, int(sys.argv[1]))
    found: dict[str, dict[str, float]] = {cut: {} for cut in CUTS}
    for (cut, name), took in best.items():
        found[cut][name] = took / len(stream.blocks)
    print(json.dumps(found))


def measure(rounds: int) -> dict[str, dict[str, float]]:
    """Nanoseconds per event, by cut and name."""
    command = [str(litellm_venv.python()), __file__, str(rounds)]
    done = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, env=litellm_venv.environment()
    )
    figures: dict[str, dict[str, float]] = json.loads(done.stdout.splitlines()[-1])
    return figures


if __name__ == "__main__":
    main()

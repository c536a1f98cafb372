"""The openai SDK, asynchronous: several answers at once, each with its usage.

The three lines:

    async with await sdk.astream(client.chat.completions, model="…", messages=[…]) as stream:
        async for text in stream.text():
            print(text, end="", flush=True)

Run it: `python examples/openai_async.py`. It needs no key; `OPENAI_BASE_URL` names a real server.
"""

from __future__ import annotations

import asyncio
import os

import openai

import server
from ssewire.clients import sdk


async def ask(client: openai.AsyncOpenAI, question: str, *, show: bool = False) -> str:
    """Ask, and tell what the answer was and what it took."""
    async with await sdk.astream(
        client.chat.completions,
        model=os.environ["OPENAI_MODEL"],
        messages=[{"role": "user", "content": question}],
        stream_options={"include_usage": True},
    ) as stream:
        async for text in stream.text():
            if show:
                print(text, end="", flush=True)
    outcome = stream.outcome
    return f"{len(outcome.text)} characters, {outcome.tokens.output} tokens, {outcome.finish}"


async def main() -> None:
    """One answer as it comes, then two at the same time."""
    server.offline("tea", "short", "forecast")
    async with openai.AsyncOpenAI() as client:
        print("\n\n" + await ask(client, "Tell me of a tea house.", show=True))
        questions = ["What colour is the door?", "Is an umbrella needed?"]
        for line in await asyncio.gather(*(ask(client, question) for question in questions)):
            print(line)


if __name__ == "__main__":
    asyncio.run(main())

"""aiohttp: its response, read as an answer.

The three lines:

    async with session.post(url, json=request) as response:
        async for text in AsyncStream(response).text():
            print(text, end="", flush=True)

Run it: `python examples/aiohttp_stream.py`. It needs no key; `OPENAI_BASE_URL` names a real server.
"""

from __future__ import annotations

import asyncio
import os

import aiohttp

import server
from ssewire import AsyncStream


async def main() -> None:
    """Read an answer, delta by delta."""
    server.offline()
    url = os.environ["OPENAI_BASE_URL"] + "/chat/completions"
    headers = {"authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"}
    request = {
        "model": os.environ["OPENAI_MODEL"],
        "messages": [{"role": "user", "content": "Tell me of a tea house."}],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    # aiohttp gives a whole answer five minutes. The stream has limits that fit better.
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=5)

    async with (
        aiohttp.ClientSession(headers=headers, timeout=timeout) as session,
        session.post(url, json=request) as response,
        AsyncStream(response, first_token_timeout=60, idle_timeout=20) as stream,
    ):
        # Deltas are what each event adds to the answer, in the same words for every API.
        async for delta in stream.deltas():
            match delta.kind:
                case "start":
                    print(f"{delta.model}:\n")
                case "text":
                    print(delta.text, end="", flush=True)
                case "finish":
                    print(f"\n\nfinish: {delta.reason}")

    print(f"{stream.outcome.tokens.total} tokens")


if __name__ == "__main__":
    asyncio.run(main())

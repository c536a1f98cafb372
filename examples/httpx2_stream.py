"""httpx2, asynchronous: its response, read as an answer.

The three lines:

    async with client.stream("POST", url, json=request) as response:
        async for text in AsyncStream(response).text():
            print(text, end="", flush=True)

Run it: `python examples/httpx2_stream.py`. It needs no key; `OPENAI_BASE_URL` names a real server.
"""

from __future__ import annotations

import asyncio
import os

import httpx2

import server
from ssewire import AsyncStream


async def main() -> None:
    """Read an answer, with limits in time."""
    server.offline()
    url = os.environ["OPENAI_BASE_URL"] + "/chat/completions"
    headers = {"authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"}
    request = {
        "model": os.environ["OPENAI_MODEL"],
        "messages": [{"role": "user", "content": "Tell me of a tea house."}],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    timeout = httpx2.Timeout(5, read=None)  # the stream has better ones

    async with (
        httpx2.AsyncClient(headers=headers, timeout=timeout) as client,
        client.stream("POST", url, json=request) as response,
        AsyncStream(response, first_token_timeout=60, idle_timeout=20) as stream,
    ):
        async for text in stream.text():
            print(text, end="", flush=True)

    outcome = stream.outcome
    print(f"\n\nHTTP {stream.response.status_code}, {outcome.n_events} events")
    print(f"{outcome.tokens.total} tokens, {outcome.finish}")


if __name__ == "__main__":
    asyncio.run(main())

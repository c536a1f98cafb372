"""A FastAPI endpoint that forwards a stream, logs its usage, and lets go when its client does.

The three lines:

    async with stream:
        async for event in stream.events():
            yield event.raw

Run it: `python examples/fastapi_forward.py`, then

    curl -N http://127.0.0.1:8000/chat -H 'content-type: application/json' \
        -d '{"messages": [{"role": "user", "content": "Hello"}]}'

It needs no key; `OPENAI_BASE_URL` names a real server.
"""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Any

import openai
import uvicorn
from fastapi import BackgroundTasks, FastAPI, HTTPException
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

import server
from ssewire.clients import sdk

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ssewire import AsyncStream

server.offline()
app = FastAPI()
client = openai.AsyncOpenAI()
log = logging.getLogger("uvicorn.error")
HEADERS = {"cache-control": "no-cache", "x-accel-buffering": "no"}  # or nginx holds it back


class Chat(BaseModel):
    """What a client sends."""

    messages: list[dict[str, Any]]


async def forward(stream: AsyncStream[Any]) -> AsyncIterator[bytes]:
    """Iterate over the events as they were received, then log what they were.

    When the client leaves, this is cancelled where it waits, and the stream is closed.
    """
    try:
        async with stream:
            async for event in stream.events():
                yield event.raw
    finally:
        outcome = stream.outcome
        how = outcome.finish or "not whole"
        log.info("%s: %d characters, %s", how, len(outcome.text), outcome.tokens)


@app.post("/chat")
async def chat(request: Chat, after: BackgroundTasks) -> StreamingResponse:
    """Ask the model; a refusal has the status that the model's server gave it."""
    try:
        stream = await sdk.astream(
            client.chat.completions,
            model=os.environ["OPENAI_MODEL"],
            messages=request.messages,
            stream_options={"include_usage": True},
            # Errors within the stream are forwarded like all else: there is nobody to raise them to.
            options={"raise_errors": False, "idle_timeout": 60},
        )
    except openai.APIStatusError as error:
        raise HTTPException(error.status_code, error.message) from error
    after.add_task(stream.aclose)  # for a client that is gone before the first event
    return StreamingResponse(forward(stream), media_type="text/event-stream", headers=HEADERS)


if __name__ == "__main__":
    uvicorn.run(app, port=int(os.environ.get("PORT", "8000")))

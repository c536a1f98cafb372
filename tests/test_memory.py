"""What a dispatcher holds is in proportion to what it was given."""

from __future__ import annotations

import subprocess
import sys

import pytest

from answer_case import choice, chunk, says
from answers import stream

# In a process of its own, for its peak is never forgotten.
MEASURE = """
import resource, sys
from ssewire import Dispatcher

body = sys.stdin.buffer.read()
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)

def feed(dispatcher, body):
    for place in range(0, len(body), {step}):
        dispatcher.feed(body[place:place + {step}])

warm = Dispatcher()
feed(warm, body[: len(body) // 50])
before = peak()
dispatcher = Dispatcher()
feed(dispatcher, body)
outcome = dispatcher.outcome
print(peak() - before)
"""

ENTRIES = [{"index": n, "id": f"i{n}", "function": {"name": "f"}} for n in range(50)]
BLOCK = {"type": "content_block_start", "content_block": {"type": "text", "text": "a"}}
STREAMS = {
    "text": stream(says("Hi")) * 40_000,
    "a large text": stream(says("x" * 1_000_000)) * 4,
    "tool calls": stream(chunk(choice(tool_calls=ENTRIES))) * 800,
    "choices": stream(*(chunk(choice(n, content="a")) for n in range(40_000))),
    "blocks": stream(*({**BLOCK, "index": n} for n in range(40_000))),
    "usage": stream(says("", usage={str(n): n for n in range(100)})) * 2_000,
    "errors": stream({"error": {"message": "m" * 100}}) * 30_000,
    "not JSON": b"data: {oops\n\n" * 200_000,
    "no field": b"oops\n" * 800_000,
    "deep": b"data: " + b"[" * 4_000_000 + b"\n\n",
}


@pytest.mark.skipif(sys.platform == "win32", reason="no resource module")
@pytest.mark.parametrize("step", [1460, 1 << 30])
@pytest.mark.parametrize("name", STREAMS)
def test_memory(name: str, step: int) -> None:
    body = STREAMS[name]
    done = subprocess.run(
        [sys.executable, "-c", MEASURE.format(step=step)],
        input=body,
        capture_output=True,
        check=True,
    )
    # An item of its own for each event of a read, with its deltas; and room for the allocator.
    per_event = 1_500 * body.count(b"\n\n") if step > len(body) else 0
    assert int(done.stdout) <= 20 * len(body) + per_event + (32 << 20)

"""What an open stream holds."""

from __future__ import annotations

import subprocess
import sys

import pytest

# In a process of its own. The memory of the extension counts too, so the process's own is looked at.
MEASURE = """
import asyncio, gc
from ssewire import AsyncStream, Stream

COUNT = 4_000
BODY = b'data: {{"choices": [{{"index": 0, "delta": {{"content": "Hi"}}}}]}}\\n\\n'

def held():
    gc.collect()
    with open("/proc/self/statm", "rb") as file:
        return int(file.read().split()[1]) * 4096

class Source:
    __slots__ = ("given",)
    def __init__(self):
        self.given = False
    def __iter__(self):
        return self
    __aiter__ = __iter__
    def __next__(self):
        if self.given:
            raise StopIteration
        self.given = True
        return BODY
    async def __anext__(self):
        if self.given:
            await asyncio.Event().wait()
        self.given = True
        return BODY
    def close(self): pass
    async def aclose(self): pass

async def task(stream):
    async for item in stream:
        pass

async def main():
    if {asynchronous}:
        async def make():
            stream = AsyncStream(Source(), shape="chat", **{options})
            iterator = aiter(stream)
            await anext(iterator)
            return stream, iterator
    else:
        async def make():
            stream = Stream(Source(), shape="chat", **{options})
            iterator = iter(stream)
            next(iterator)
            return stream, iterator
    warm = [await make() for _ in range(COUNT // 4)]
    before = held()
    made = [await make() for _ in range(COUNT)]
    print((held() - before) // COUNT)
    for stream, iterator in warm + made:
        if {asynchronous}:
            await stream.aclose()
        else:
            stream.close()

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
@pytest.mark.parametrize("kind", ["Stream", "AsyncStream"])
@pytest.mark.parametrize(("options", "most"), [({}, 4096), ({"idle_timeout": 60.0}, 5120)])
def test_an_open_stream_holds_little(kind: str, options: dict[str, float], most: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", MEASURE.format(asynchronous=kind != "Stream", options=options)],
        capture_output=True,
        check=True,
    )
    assert 500 < int(done.stdout) < most

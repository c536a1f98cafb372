"""One `Stream` through any sequence of reading and leaving, beside a simple model."""

from __future__ import annotations

import asyncio
import gc
import warnings
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from answer_case import DONE, finishes, says
from answers import real, stream
from ssewire import AsyncStream, SSEError, Stream
from stream_case import AsyncBody, Body, Told

HEL, LO, END = stream(says("Hel")), stream(says("lo")), stream(finishes(), DONE)
ERROR = stream({"error": {"message": "no"}})
parts = st.sampled_from(
    [HEL, LO, HEL + LO, HEL[:20], HEL[20:], b": ping\n\n", b"", END, ERROR, LO + END, b"<html>"]
)
ends = st.sampled_from([None, OSError("gone"), ValueError("gone")])


class Model:
    """What a stream has read by now, and has to tell: pieces one at a time, as they are asked for."""

    def __init__(self, pieces: list[Any]) -> None:
        self.pieces, self.given = pieces, 0
        self.dispatcher = real()
        self.ready: list[str] = []
        self.closed = self.ended = False
        self.error: type[BaseException] | None = None
        self.reads = 0

    def next(self) -> str | None:
        """The text of the next item; `None` at the end, and then `error` says which one."""
        self.error = None
        while not self.ready:
            if self.closed:
                return None
            if self.given == len(self.pieces) or self.dispatcher.ended:
                self.end(None)
            else:
                self.read(self.pieces[self.given])
        return self.ready.pop(0)

    def read(self, piece: Any) -> None:
        self.given += 1
        if isinstance(piece, BaseException):
            self.end(piece)
        else:
            self.reads += 1
            self.ready += [item.to_json() for item in self.dispatcher.feed(piece)]

    def end(self, raised: BaseException | None) -> None:
        self.dispatcher.finish()
        self.closed = self.ended = True
        if raised is not None:
            self.error = type(raised)
        else:
            self.judge()

    def judge(self) -> None:
        """Note what the outcome says."""
        try:
            self.dispatcher.outcome.raise_for_error()
        except SSEError as error:
            self.error = type(error)


class StreamMachine(RuleBasedStateMachine):
    """Of `Stream`; the class below does the same with `AsyncStream`."""

    loop: asyncio.AbstractEventLoop | None = None
    settles = False
    body: Body | AsyncBody
    stream: Any

    @initialize(pieces=st.lists(parts, max_size=8), end=ends)
    def construct(self, pieces: list[Any], end: BaseException | None) -> None:
        given = [*pieces, *([] if end is None else [end])]
        self.model, self.told = Model(given), Told()
        self.make(given)

    def make(self, pieces: list[Any]) -> None:
        self.body = Body(*pieces)
        self.stream = Stream(self.body, observer=self.told)

    def step(self) -> Any:
        return next(self.stream)

    def leave_loop(self) -> None:
        for _ in self.stream:
            break

    def close_stream(self) -> None:
        self.stream.close()

    def finish_reading(self) -> Any:
        return self.stream.until_done()

    @rule(count=st.integers(1, 3))
    def read(self, count: int) -> None:
        for _ in range(count):
            expected = self.model.next()
            found, error = None, None
            try:
                found = self.step()
            except (StopIteration, StopAsyncIteration):
                pass
            except (SSEError, OSError, ValueError) as caught:
                error = caught
            assert (found and found.to_json()) == expected
            assert type(error) is (self.model.error or type(None))

    @precondition(lambda self: not self.model.ready)
    @rule()
    def until_done(self) -> None:
        # Items that `next` has left are not told twice, and not told here.
        while self.model.next() is not None:
            pass
        if self.model.error is None:  # that it is not whole is said, also of what was closed early
            self.model.judge()
        error = None
        try:
            assert self.finish_reading() == self.stream.outcome
        except (SSEError, OSError, ValueError) as caught:
            error = caught
        assert type(error) is (self.model.error or type(None))

    @rule()
    def break_out(self) -> None:
        self.model.next()
        error = None
        try:
            self.leave_loop()
        except (SSEError, OSError, ValueError) as caught:
            error = caught
        assert type(error) is (self.model.error or type(None))
        self.model.closed = True
        self.model.ready.clear()

    @rule()
    def close(self) -> None:
        self.close_stream()
        self.model.closed = True

    @invariant()
    def the_same(self) -> None:
        if not hasattr(self, "stream"):
            return
        # Once the answer has ended, a connection that can be woken up may end the body.
        settled = self.settles and self.model.dispatcher.ended
        assert self.body.given == self.model.given or (settled and self.model.closed)
        assert self.stream.closed == self.model.closed
        assert self.body.closed == len(self.told.ends) == self.model.closed
        assert self.told.reads == self.model.reads
        assert self.stream.outcome == self.model.dispatcher.outcome
        assert self.stream.snapshot() == self.model.dispatcher.snapshot()

    def teardown(self) -> None:
        if hasattr(self, "stream"):
            self.told.started_with.clear()
            with warnings.catch_warnings(record=True) as warned:
                warnings.simplefilter("always")
                del self.stream
                if not self.model.closed:
                    gc.collect()
            assert len(warned) == (not self.model.closed)
            del warned
            assert (self.body.closed, len(self.told.ends)) == (1, 1)


class AsyncStreamMachine(StreamMachine):
    settles = True

    def run(self, coroutine: Any) -> Any:
        assert self.loop is not None
        return self.loop.run_until_complete(coroutine)

    def make(self, pieces: list[Any]) -> None:
        self.loop = asyncio.new_event_loop()

        async def make() -> None:
            self.body = AsyncBody(*pieces)
            self.stream = AsyncStream(self.body, observer=self.told)

        self.run(make())

    def step(self) -> Any:
        async def step() -> Any:
            return await anext(self.stream)

        return self.run(step())

    def leave_loop(self) -> None:
        async def leave() -> None:
            async for _ in self.stream:
                break
            for _ in range(9):
                await asyncio.sleep(0)

        self.run(leave())

    def close_stream(self) -> None:
        self.run(self.stream.aclose())

    def finish_reading(self) -> Any:
        return self.run(self.stream.until_done())

    def teardown(self) -> None:
        if self.loop is not None:
            self.run(self.stream.aclose())
            assert (self.body.closed, len(self.told.ends)) == (1, 1)
            assert not asyncio.all_tasks(self.loop)
            self.run(self.loop.shutdown_asyncgens())
            self.loop.close()


TestStreamMachine = StreamMachine.TestCase
TestStreamMachine.settings = settings(max_examples=60, stateful_step_count=12)
TestAsyncStreamMachine = AsyncStreamMachine.TestCase
TestAsyncStreamMachine.settings = settings(max_examples=60, stateful_step_count=12)

"""Pieces of text in, other pieces of the same text out; the source is closed on every way out."""

from __future__ import annotations

import inspect
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Generator,
    Iterable,
    Iterator,
)
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self


class Splitter(Protocol):
    """What regroups the pieces of a text."""

    def feed(self, piece: str) -> list[str]:
        """Take the next piece; return what is complete now."""

    def finish(self) -> list[str]:
        """Return what was held."""


class Pieces(Iterator[str]):
    """Iterates pieces of text; `close()` also closes the source, even before the first piece."""

    def __init__(self, source: Iterable[str], pieces: Generator[str, None, None]) -> None:
        if not isinstance(source, Iterable):
            raise TypeError(f"text must be an iterable of str, not {type(source).__name__}")
        self._source: Iterable[str] | None = source
        self._pieces = pieces

    def __next__(self) -> str:
        # From here on the generator closes the source itself.
        self._source = None
        return next(self._pieces)

    def close(self) -> None:
        """Stop: what is held is dropped, the source is closed."""
        source, self._source = self._source, None
        self._pieces.close()
        if source is not None:
            close(source)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class AsyncPieces(AsyncIterator[str]):
    """Like `Pieces`, asynchronous: `await pieces.aclose()`."""

    def __init__(self, source: AsyncIterable[str], pieces: AsyncGenerator[str, None]) -> None:
        if not isinstance(source, AsyncIterable):
            kind = type(source).__name__
            raise TypeError(f"text must be an asynchronous iterable of str, not {kind}")
        self._source: AsyncIterable[str] | None = source
        self._pieces = pieces

    async def __anext__(self) -> str:
        self._source = None
        return await self._pieces.__anext__()

    async def aclose(self) -> None:
        """Stop: what is held is dropped, the source is closed."""
        source, self._source = self._source, None
        await self._pieces.aclose()
        if source is not None:
            await aclose(source)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()


def regrouped(text: Iterable[str], splitter: Splitter) -> Pieces:
    """The text as the splitter groups it."""
    return Pieces(text, _flat(batches(text, splitter)))


def aregrouped(text: AsyncIterable[str], splitter: Splitter) -> AsyncPieces:
    """The text as the splitter groups it, asynchronously."""
    return AsyncPieces(text, _aflat(abatches(text, splitter)))


def batches(text: Iterable[str], splitter: Splitter) -> Generator[list[str], None, None]:
    """What the splitter returns for each piece, and at the end or on an error what it held."""
    pieces: Iterable[str] = text
    try:
        pieces = iter(text)
        try:
            for piece in pieces:
                yield splitter.feed(checked(piece))
        except Exception:
            yield splitter.finish()
            raise
        yield splitter.finish()
    finally:
        try:
            close(pieces)
        finally:
            if pieces is not text:
                close(text)


async def abatches(text: AsyncIterable[str], splitter: Splitter) -> AsyncGenerator[list[str], None]:
    """Like `batches`, asynchronous."""
    pieces: AsyncIterable[str] = text
    try:
        pieces = aiter(text)
        try:
            async for piece in pieces:
                yield splitter.feed(checked(piece))
        except Exception:
            yield splitter.finish()
            raise
        yield splitter.finish()
    finally:
        try:
            await aclose(pieces)
        finally:
            if pieces is not text:
                await aclose(text)


def checked(piece: object) -> str:
    """The piece, which must be text."""
    if not isinstance(piece, str):
        raise TypeError(f"text must come in pieces of str, not {type(piece).__name__}")
    return piece


def close(source: object) -> None:
    """Close a source, if it can be closed."""
    method: Any = getattr(source, "close", None)
    if callable(method):
        method()


async def aclose(source: object) -> None:
    """Close an asynchronous source; with some libraries `close()` is the coroutine."""
    method: Any = getattr(source, "aclose", None) or getattr(source, "close", None)
    if callable(method):
        result = method()
        if inspect.isawaitable(result):
            await result


def _flat(source: Generator[list[str], None, None]) -> Generator[str, None, None]:
    try:
        for batch in source:
            yield from batch
    finally:
        source.close()


async def _aflat(source: AsyncGenerator[list[str], None]) -> AsyncGenerator[str, None]:
    try:
        async for batch in source:
            for piece in batch:
                yield piece
    finally:
        # Awaited here: left to the garbage collector the source would be closed at some later time.
        await source.aclose()

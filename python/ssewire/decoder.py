"""`Decoder`: what the Rust core offers, and iteration over a source of chunks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ssewire import _core

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator

    from typing_extensions import Buffer


class Decoder(_core.Decoder):  # noqa: D101 (the text stands once, in the core)
    __doc__ = _core.Decoder.__doc__
    __slots__ = ()

    def iter_bytes(self, chunks: Iterable[Buffer]) -> Iterator[_core.ServerSentEvent]:
        """Decode a whole stream from an iterable of chunks.

        With `aiter_bytes` this is the protocol that the openai and anthropic SDKs expect of what a
        client's `_make_sse_decoder()` returns.

        Args:
            chunks: pieces of the body as the transport delivered them, cut anywhere.

        Yields:
            Each event as soon as its last byte was read; at the end what `finish()` returns.

        Raises:
            EventTooLarge: after the events before it.
        """
        for chunk in chunks:
            yield from self.feed(chunk)
        yield from self.finish()

    async def aiter_bytes(
        self, chunks: AsyncIterable[Buffer]
    ) -> AsyncIterator[_core.ServerSentEvent]:
        """Decode a whole stream from an asynchronous iterable of chunks; see `iter_bytes`."""
        async for chunk in chunks:
            for event in self.feed(chunk):
                yield event
        for event in self.finish():
            yield event

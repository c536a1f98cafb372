"""`Progress`: the numbers of a stream."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from ssewire._core import Pace
from ssewire.progress.line import line
from ssewire.progress.tokens import Output, output_of

if TYPE_CHECKING:
    from rich.table import Table

    from ssewire._core import Dispatcher


@dataclass(frozen=True)
class Gaps:
    """The gaps between reads that brought something, in seconds; `None` if there are none.

    They are counted from the first output on. `p50` and `p99` are told to within 6.3 %.

    Attributes:
        count: how many there are.
        p50: half of them are no longer.
        p99: 99 % of them are no longer.
        max: the longest.
    """

    count: int
    p50: float | None
    p99: float | None
    max: float | None


class Progress:
    r"""How far a stream has come, and how fast. It goes on with the stream.

    Nothing is worked out before it is asked for. What `characters`, `tokens`, `tokens_per_second`,
    `line()`, `to_dict()` and showing it cost grows with the length of the answer: ask some times a
    second, not for each chunk.

    Tokens are those of the server's usage as soon as it is there. Until then they are estimated,
    one for each 4 bytes of UTF-8, which is what OpenAI's tokenizer has "on average, in practice"
    (https://github.com/openai/tiktoken). That makes 4 characters a token in English, as in OpenAI's
    rule of thumb (https://help.openai.com/en/articles/4936856), and 4 tokens for 3 Chinese
    characters the other way round, 0.75 each, where DeepSeek says 0.6
    (https://api-docs.deepseek.com/quick_start/token_usage). For Cyrillic, Arabic and Indic scripts
    it can be twice as many as today's tokenizers need.

    rich shows it as a small table: `rich.print(progress)`, or `rich.live.Live(progress)`.

    Args:
        dispatcher: what the stream is fed to.
        pace: when its reads came; without it, call `mark()` after each.
        waited: seconds that went by since the request was sent.

    Example:
        >>> from ssewire import Dispatcher, Progress
        >>> dispatcher = Dispatcher()
        >>> progress = Progress(dispatcher)
        >>> for chunk in [b'data: {"choices": [{"delta": {"content": "Good morning"}}]}\n\n']:
        ...     items = dispatcher.feed(chunk)
        ...     ended = progress.mark()
        >>> progress.chunks, progress.characters, progress.tokens, progress.tokens_estimated
        (1, 12, 3, True)
    """

    __slots__ = ("_dispatcher", "_pace", "_waited")

    def __init__(
        self, dispatcher: Dispatcher[Any], pace: Pace | None = None, *, waited: float = 0.0
    ) -> None:
        self._dispatcher = dispatcher
        self._pace = pace or Pace(dispatcher)
        self._waited = waited

    def mark(self) -> bool:
        """Note a read. `Stream` and `AsyncStream` do this themselves.

        Returns:
            Whether the answer is over.
        """
        return self._pace.mark()

    @property
    def chunks(self) -> int:
        """The events that said something; pings do not."""
        return self._pace.events

    @property
    def characters(self) -> int:
        """The characters of text (all choices), reasoning, refusal and tool arguments."""
        return self._output().characters

    @property
    def tokens(self) -> int:
        """The tokens of the answer, hidden reasoning included if the server has counted them."""
        return self._output().tokens

    @property
    def tokens_estimated(self) -> bool:
        """Whether `tokens` is an estimate, because the server has not sent its count."""
        return self._output().estimated

    @property
    def elapsed(self) -> float:
        """Seconds since the request, to the last read once the answer is over."""
        last = self._pace.last
        over = last is not None and (self._dispatcher.ended or self._dispatcher.outcome.complete)
        return self._waited + (last if last is not None and over else self._pace.elapsed)

    @property
    def time_to_first_token(self) -> float | None:
        """Seconds from the request to the first output; `None` as long as there is none."""
        first = self._pace.first
        return None if first is None else self._waited + first

    @property
    def gaps(self) -> Gaps:
        """The gaps between reads, as they are now."""
        pace = self._pace
        return Gaps(pace.gaps, pace.percentile(50), pace.percentile(99), pace.longest)

    @property
    def tokens_per_second(self) -> float | None:
        """The tokens that were streamed, by the time from the first output to the last read.

        `None` as long as there is no such time.
        """
        return self._rate(self._output())

    def line(self, width: int | None = 80) -> str:
        """All of it in one line of ASCII.

        Args:
            width: the most columns. What does not fit is left out, the less important first.

        Returns:
            The line, such as `4.2 s, ~150 tokens, 41.0 tokens/s, first after 0.52 s`. An estimate
            has a `~`.
        """
        return line(self.to_dict(), width, ended=self._dispatcher.ended)

    def to_dict(self) -> dict[str, Any]:
        """The numbers by the names of the properties; `gaps` is a dict too."""
        output = self._output()
        return {
            "chunks": self.chunks,
            "characters": output.characters,
            "tokens": output.tokens,
            "tokens_estimated": output.estimated,
            "elapsed": self.elapsed,
            "time_to_first_token": self.time_to_first_token,
            "gaps": asdict(self.gaps),
            "tokens_per_second": self._rate(output),
        }

    def __rich__(self) -> Table:
        from ssewire.progress.view import table

        return table(self.to_dict(), ended=self._dispatcher.ended)

    def __repr__(self) -> str:
        return f"<Progress: {self.line(None)}>"

    def _output(self) -> Output:
        return output_of(self._dispatcher.shape, self._dispatcher.outcome)

    def _rate(self, output: Output) -> float | None:
        first, last = self._pace.first, self._pace.last
        if first is None or last is None or last <= first or not output.streamed:
            return None
        return output.streamed / (last - first)

"""Text at another pace: coalesced, by word, by sentence, or so many characters a second.

    from ssewire.pacing import sentences

    for sentence in sentences(stream.text()):
        speak(sentence)

Each takes an iterable of pieces of text, cut anywhere, and has a twin for asynchronous iterables:
`abuffered`, `awords`, `asentences`, `asmooth`. What comes out, joined, is what went in. When the
source raises, what was held comes first, then the exception. The source is closed (`close()` or
`aclose()`, where it has one) on every way out: at the end, on an error, on an early close, when the
task is cancelled. The work is linear in the length of the text, whatever the pieces.

`smooth` and `asmooth` need the regex library: `pip install "ssewire[pacing]"`.
"""

from ssewire.pacing.buffered import abuffered, buffered
from ssewire.pacing.pieces import AsyncPieces, Pieces
from ssewire.pacing.sentences import asentences, sentences
from ssewire.pacing.smooth import asmooth, smooth
from ssewire.pacing.words import awords, words

__all__ = [
    "AsyncPieces",
    "Pieces",
    "abuffered",
    "asentences",
    "asmooth",
    "awords",
    "buffered",
    "sentences",
    "smooth",
    "words",
]

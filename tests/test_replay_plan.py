"""What the replay server sends, byte by byte, without a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ssewire import Decoder, ServerSentEvent
from ssewire.replay import End, Piece, Recording, ReplayOptions, plan
from ssewire.replay.recording import SHAPES, Block, builtin_recordings

if TYPE_CHECKING:
    from pathlib import Path

    from ssewire.replay.recording import Shape

EVENTS = [b"data: a\n\n", b"event: e\ndata: \xc3\xa9\n\n", b"data: c\n\n", b"data: d\n\n"]
SMALL = Recording("small", b"".join(EVENTS))
COMMENT = b": keep-alive\n\n"


def data_of(recording: Recording, **options: object) -> list[bytes]:
    return [piece.data for piece in plan(recording, ReplayOptions(**options)).pieces]  # type: ignore[arg-type]


def sent(recording: Recording, **options: object) -> bytes:
    return b"".join(data_of(recording, **options))


def decoded(stream: bytes) -> tuple[list[ServerSentEvent], Decoder]:
    decoder = Decoder()
    return decoder.feed(stream) + decoder.finish(), decoder


class TestRecording:
    @pytest.mark.parametrize("shape", SHAPES)
    def test_builtin_is_a_whole_stream_of_its_shape(self, shape: Shape) -> None:
        recording = Recording.builtin(shape)
        events, decoder = decoded(recording.stream)
        assert recording.shape == shape
        assert recording.tail == b""
        assert not decoder.truncated
        assert b"".join(lead + raw for lead, raw in recording.blocks) == recording.stream
        assert events[-1].data == "[DONE]" or events[-1].event in (
            "message_stop",
            "response.completed",
        )
        assert all(event.data == "[DONE]" or isinstance(event.json(), dict) for event in events)

    def test_builtin_responses_repeat_their_text_and_count(self) -> None:
        events = [event.json() for event in decoded(Recording.builtin("responses").stream)[0]]
        text = "".join(e["delta"] for e in events if e["type"] == "response.output_text.delta")
        assert [e["sequence_number"] for e in events] == list(range(len(events)))
        assert [e["text"] for e in events if e["type"] == "response.output_text.done"] == [text]
        assert events[-1]["response"]["output"][0]["content"][0]["text"] == text

    def test_comments_belong_to_the_event_after_them(self) -> None:
        stream = b"\xef\xbb\xbf: hi\n\nretry: 5\n\ndata: a\n\n:bye\ndata: b\r\n\r\nid: 3\n\ndata: c"
        recording = Recording("r", stream)
        assert recording.blocks == (
            Block(b"\xef\xbb\xbf: hi\n\nretry: 5\n\n", b"data: a\n\n"),
            Block(b":bye\n", b"data: b\r\n\r\n"),
        )
        assert recording.tail == b"id: 3\n\ndata: c"
        assert recording.shape is None

    def test_name_of_a_file(self, tmp_path: Path) -> None:
        path = tmp_path / "mine.sse"
        path.write_bytes(SMALL.stream)
        assert Recording.read(path) == Recording("mine", SMALL.stream)


class TestPlan:
    def test_without_options_it_is_the_recording_event_by_event(self) -> None:
        answer = plan(SMALL, ReplayOptions())
        assert answer.pieces == tuple(Piece(0.0, event) for event in EVENTS)
        assert answer.end is End.CLOSE
        assert answer.keep_alive_every == 0

    def test_rate(self) -> None:
        pieces = plan(SMALL, ReplayOptions(rate=4)).pieces
        assert [piece.due for piece in pieces] == [0, 0.25, 0.5, 0.75]

    def test_chunking_by_bytes_waits_until_a_write_is_full(self) -> None:
        pieces = plan(SMALL, ReplayOptions(rate=4, chunking="10")).pieces
        assert [len(piece.data) for piece in pieces] == [10, 10, 10, 10, 6]
        assert [piece.due for piece in pieces] == [0.25, 0.25, 0.5, 0.75, 0.75]
        assert b"".join(piece.data for piece in pieces) == SMALL.stream

    def test_chunking_by_events_waits_until_a_write_has_so_many(self) -> None:
        single = plan(SMALL, ReplayOptions(rate=4)).pieces
        pairs = plan(SMALL, ReplayOptions(rate=4, chunking="event:2")).pieces
        assert [piece.data for piece in pairs] == [
            b"".join(piece.data for piece in single[at : at + 2]) for at in range(0, len(single), 2)
        ]
        assert [piece.due for piece in pairs] == [
            single[min(at + 1, len(single) - 1)].due for at in range(0, len(single), 2)
        ]

    def test_chunking_whole(self) -> None:
        assert plan(SMALL, ReplayOptions(rate=4, chunking="whole")).pieces == (
            Piece(0.75, SMALL.stream),
        )

    def test_chunking_random_follows_the_seed(self) -> None:
        chat = Recording.builtin("chat")
        first = data_of(chat, chunking="random:1")
        assert first == data_of(chat, chunking="random:1")
        assert first != data_of(chat, chunking="random:2")
        assert b"".join(first) == chat.stream
        assert all(1 <= len(piece) <= 1460 for piece in first)

    def test_crlf(self) -> None:
        assert sent(SMALL, crlf=True) == SMALL.stream.replace(b"\n", b"\r\n")
        mixed = Recording("mixed", b"data: a\r\rdata: b\r\n\r\n")
        assert sent(mixed, crlf=True) == b"data: a\r\n\r\ndata: b\r\n\r\n"

    def test_bom_comes_once(self) -> None:
        with_bom = b"\xef\xbb\xbf" + SMALL.stream
        assert sent(SMALL, bom=True) == with_bom
        assert sent(Recording("bom", with_bom), bom=True) == with_bom
        assert sent(Recording("none", b":"), bom=True) == b"\xef\xbb\xbf:"

    def test_keep_alive_by_events(self) -> None:
        a, b, c, d = EVENTS
        assert data_of(SMALL, keep_alive_events=2) == [a, b, COMMENT, c, d]

    def test_keep_alive_by_seconds_fills_the_silence_between_events(self) -> None:
        recording = Recording("two", b"".join(EVENTS[:2]))
        answer = plan(recording, ReplayOptions(rate=1, keep_alive=0.375))
        assert answer.pieces == (
            Piece(0.0, EVENTS[0]),
            Piece(0.375, COMMENT),
            Piece(0.75, COMMENT),
            Piece(1.0, EVENTS[1]),
        )
        assert answer.keep_alive_every == 0.375

    def test_crlf_is_for_what_is_added_too(self) -> None:
        stream = sent(SMALL, crlf=True, keep_alive_events=1, fault="error-event:1")
        assert b"keep-alive" in stream
        assert b"error" in stream
        assert b"\n" not in stream.replace(b"\r\n", b"")

    def test_stay_open(self) -> None:
        assert plan(SMALL, ReplayOptions(stay_open=True)).end is End.HOLD
        assert plan(SMALL, ReplayOptions(stay_open=True, fault="reset")).end is End.RESET

    @pytest.mark.parametrize(
        ("fault", "stream", "end"),
        [
            ("cut-between", b"".join(EVENTS[:2]), End.CLOSE),
            ("cut-between:0", b"", End.CLOSE),
            ("cut-between:4", SMALL.stream, End.CLOSE),
            ("cut-inside", b"".join(EVENTS[:2]) + b"data", End.CLOSE),
            ("cut-inside:0", b"data", End.CLOSE),
            ("cut-character", EVENTS[0] + b"event: e\ndata: \xc3", End.CLOSE),
            ("cut-character:1", EVENTS[0] + b"event: e\ndata: \xc3", End.CLOSE),
            ("reset:1", EVENTS[0], End.RESET),
            ("stall:3", b"".join(EVENTS[:3]), End.HOLD),
        ],
    )
    def test_fault(self, fault: str, stream: bytes, end: End) -> None:
        answer = plan(SMALL, ReplayOptions(fault=fault))
        assert b"".join(piece.data for piece in answer.pieces) == stream
        assert answer.end is end

    def test_no_comment_lands_inside_of_an_event_that_was_cut(self) -> None:
        options = ReplayOptions(fault="cut-inside", stay_open=True, keep_alive=1)
        assert plan(SMALL, options).keep_alive_every == 0

    def test_a_cut_inside_does_not_cut_a_character(self) -> None:
        recording = Recording("r", b"data: " + "é".encode() * 40 + b"\n\n")
        for lead in (b"", b"x"):
            cut = sent(
                Recording("r", recording.stream[:6] + lead + recording.stream[6:]),
                fault="cut-inside:0",
            )
            cut.decode()

    @pytest.mark.parametrize("shape", SHAPES)
    def test_error_event_in_the_words_of_each_shape(self, shape: Shape) -> None:
        recording = builtin_recordings()[shape]
        events, decoder = decoded(sent(recording, fault="error-event:3"))
        assert len(events) == 4
        assert not decoder.truncated
        payload = events[-1].json()
        assert payload["error"]["message"]
        if shape in ("messages", "responses"):
            assert events[-1].event == payload["type"] == "error"
        if shape == "responses":
            assert payload["sequence_number"] == 3

    @pytest.mark.parametrize(
        "fault", ["cut-inside:4", "reset:5", "cut-character:2", "cut-character:9"]
    )
    def test_a_fault_that_the_recording_cannot_have(self, fault: str) -> None:
        with pytest.raises(ValueError, match=fault.partition(":")[0]):
            plan(SMALL, ReplayOptions(fault=fault))

    def test_what_is_no_event_stream_is_served_as_it_is(self) -> None:
        assert data_of(Recording("html", b"<html>")) == [b"<html>"]
        assert data_of(Recording("empty", b"")) == []


class TestOptions:
    @pytest.mark.parametrize(
        ("given", "message"),
        [
            ({"rate": "-1"}, "rate"),
            ({"rate": "nan"}, "rate"),
            ({"rate": "fast"}, "rate is a number"),
            ({"rate": "0.001"}, "at least 0.01"),
            ({"chunking": "0"}, "a number of bytes"),
            ({"chunking": "whole:3"}, "chunking is one of"),
            ({"chunking": "event:0"}, "chunking is one of"),
            ({"chunking": "event:x"}, "chunking is one of"),
            ({"fault": "explode"}, "cut-between, cut-inside"),
            ({"fault": "reset:-1"}, "fault is none or one of"),
            ({"crlf": "maybe"}, "crlf is 1 or 0"),
            ({"keep-alive": "inf"}, "keep-alive"),
            ({"keep-alive-events": "1.5"}, "whole number"),
            ({"speed": "3"}, "only rate, chunking"),
        ],
    )
    def test_what_is_not_allowed(self, given: dict[str, str], message: str) -> None:
        with pytest.raises(ValueError, match=message) as raised:
            ReplayOptions().updated(given)
        assert "\n" not in str(raised.value)

    def test_updated(self) -> None:
        base = ReplayOptions(rate=5, bom=True)
        given = {"crlf": "", "bom": "0", "fault": "reset:2", "keep-alive-events": "3"}
        assert base.updated(given) == ReplayOptions(
            rate=5, crlf=True, fault="reset:2", keep_alive_events=3
        )

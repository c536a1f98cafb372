"""Text in flight: fixed strings replaced, and stop strings, wherever the deltas cut them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answer_case import DONE, choice, chunk, finishes, says
from answers import NAMES, body_of, expected_of, stream
from made_answers import Answer, Part, Usage, expected
from made_streams import Style, rendered
from relay_case import outcome_in, relay_of, relayed, said_by, sent
from replay import bytewise, in_steps
from shape_rules import check
from ssewire import Dispatcher, Relay

if TYPE_CHECKING:
    from collections.abc import Mapping

SHAPES = ("chat", "messages", "responses")
# Strings that are parts, beginnings and ends of each other, and of more than one byte.
TABLES: list[dict[str, str]] = [
    {"secret": "[removed]"},
    {"ab": "1", "abc": "2", "b": "3", "cab": ""},
    {"<NAME>": "Zo\u00eb", "<N": "n", "E": "e"},
    {"\U0001f600": ":)", "\u00e9\u20ac": "x", "\u20ac": "EUR"},
    {"aa": "b", "aaaa": "c"},
    {"a": 'a longer text\n"quoted" \\', "b": "\U0001f600"},
]
LETTERS = ["a", "b", "c", "secret", "sec", "ret", "<NAME>", "<N", "E", "\u00e9", "\u20ac"]
LETTERS += ["\U0001f600", " ", "\n", '"', "\\"]
LONE = re.compile("[\ud800-\udfff]")


def replaced(text: str, table: Mapping[str, str]) -> str:
    """From left to right, the longest of those that begin at a place."""
    longest_first = sorted(table, key=len, reverse=True)
    pattern = "|".join(map(re.escape, longest_first))
    return re.sub(pattern, lambda match: table[match[0]], text)


def cut(draw: st.DrawFn, text: str) -> tuple[str, ...]:
    places = sorted(draw(st.sets(st.integers(1, max(1, len(text) - 1)), max_size=8)))
    pieces = (text[a:b] for a, b in zip([0, *places], [*places, len(text)], strict=True))
    return tuple(piece for piece in pieces if piece) or ("-",)


words = st.lists(st.sampled_from(LETTERS), min_size=1, max_size=12).map("".join)


@st.composite
def talks(draw: st.DrawFn) -> Answer:
    """Reasoning, two texts and a call, each of them made of the words of the tables."""
    parts = [
        Part("reasoning", cut(draw, draw(words))),
        Part("text", cut(draw, draw(words))),
        Part("call", cut(draw, json.dumps({"q": draw(words)})), "call_1", "find"),
        Part("text", cut(draw, draw(words))),
    ]
    kept = [(part,) for part in parts if draw(st.integers(0, 4))]
    called = any(part.kind == "call" for (part,) in kept)
    finish = "tool_calls" if called else "stop"
    return Answer("x_talk", "m", tuple(kept), finish, Usage(1, 2, 0, 0, 0))


def by_block(answer: Answer, shape: str, kind: str, table: Mapping[str, str]) -> str:
    """The texts of a kind: in chat all are one, elsewhere each block is."""
    texts = ["".join(part.pieces) for part in answer.parts if part.kind == kind]
    if shape == "chat":
        texts = ["".join(texts)]
    return "".join(replaced(text, table) for text in texts)


def deltas_of(body: bytes) -> list[Any]:
    dispatcher = Dispatcher()
    items = [*dispatcher.feed(body), *dispatcher.finish()]
    return [delta for item in items for delta in item.deltas]


@pytest.mark.parametrize("shape", SHAPES)
@given(st.data())
def test_replacing(shape: str, data: st.DataObject) -> None:
    answer, table = data.draw(talks()), data.draw(st.sampled_from(TABLES))
    where = data.draw(st.sampled_from([("text",), ("reasoning",), ("text", "reasoning")]))
    style = Style(data.draw(st.booleans()), data.draw(st.booleans()))
    body = rendered(answer, shape, style).body
    options: dict[str, Any] = {"replace": table, "replace_in": where}
    out, relay = relayed([body], **options)
    check(out, shape, "whole")
    assert not any(LONE.search(delta.text or "") for delta in deltas_of(out))
    found = said_by(out, shape)
    for kind, text in (("text", found.text), ("reasoning", found.reasoning)):
        assert text == by_block(answer, shape, kind, table if kind in where else {"\0": ""})
    untouched = expected(answer, at_once=shape != "messages")
    assert found._replace(text="", reasoning="") == untouched._replace(text="", reasoning="")
    # What was read is what the server sent.
    assert relay.outcome.text == untouched.text
    for chunks in (bytewise(body), in_steps(body, data.draw(st.integers(2, 300)))):
        assert sent(chunks, **options) == out


@given(st.lists(words, min_size=1, max_size=2), st.sampled_from(TABLES[:3]), st.data())
def test_every_shape_says_the_same(texts: list[str], table: dict[str, str], data: Any) -> None:
    answer = Answer(
        *("x", "m", tuple((Part("text", cut(data.draw, text)),) for text in texts), "stop"),
        Usage(1, 2, 0, 0, 0),
    )
    for shape in ("messages", "responses"):
        for to in SHAPES:
            out = sent([rendered(answer, shape, Style()).body], to=to, replace=table)
            assert said_by(out, to).text == "".join(replaced(text, table) for text in texts)


def test_arguments_only_if_asked() -> None:
    call = Part("call", ('{"mail":"<MA', "IL>", '","n":1}'), "c", "send")
    answer = Answer("x", "m", ((call,),), "tool_calls", Usage(1, 1, 0, 0, 0))
    table = {"<MAIL>": "zoe@example.org"}
    for shape in SHAPES:
        body = rendered(answer, shape, Style()).body
        assert said_by(sent([body], replace=table)).calls[0].arguments == "".join(call.pieces)
        for chunks in ([body], bytewise(body)):
            out = sent(chunks, replace=table, replace_in=["tool_arguments"])
            check(out, shape, "whole")
            (found,) = said_by(out).calls
            assert json.loads(found.arguments or "") == {"mail": "zoe@example.org", "n": 1}


def test_what_is_put_into_arguments_stays_json() -> None:
    call = Part("call", ('{"a":"<', "A>", '"}'), "c", "send")
    answer = Answer("x", "m", ((call,),), "tool_calls", Usage(1, 1, 0, 0, 0))
    value = 'Zo\u00eb "Z"\\\n'
    for shape in SHAPES:
        body = rendered(answer, shape, Style()).body
        out = sent([body], replace={"<A>": value}, replace_in=["tool_arguments"])
        assert json.loads(said_by(out).calls[0].arguments or "") == {"a": value}


def test_each_choice_has_a_text_of_its_own() -> None:
    body = stream(
        chunk(choice(0, content="sec"), choice(1, content="sec")),
        *(chunk(choice(1, content="ret")), chunk(choice(0, content="ond"))),
        *(chunk(choice(0, "stop")), chunk(choice(1, "stop")), DONE),
    )
    for chunks in ([body], bytewise(body)):
        out = sent(chunks, replace={"secret": "?"})
        assert outcome_in(out)["texts"] == {0: "second", 1: "?"}


def test_a_text_goes_on_as_soon_as_it_can() -> None:
    """Held is what may be the beginning of a string, and nothing else."""
    relay = Relay(replace={"secret": "?"})
    told = [
        "".join(delta.text or "" for delta in deltas_of(relay.feed(stream(says(piece)))))
        for piece in ["A ", "se", "c", "tor", " sec", "ret", "!", " s"]
    ]
    assert told == ["A ", "", "", "sector", " ", "?", "!", " "]
    assert outcome_in(relay.feed(stream(finishes(), DONE)))["text"] == "s"


@pytest.mark.parametrize("shape", SHAPES)
def test_held_text_is_not_lost(shape: str) -> None:
    answer = Answer("x", "m", ((Part("text", ("Hi ", "sec")),),), "stop", Usage(1, 1, 0, 0, 0))
    whole = rendered(answer, shape, Style()).body
    broken = rendered(answer._replace(said=3), shape, Style()).body
    for body in (whole, broken):
        relay = Relay(replace={"secret": "?"})
        out = b"".join(relay.feed(each) for each in bytewise(body))
        assert said_by(out + relay.finish(), shape).text == "Hi sec"
        relay = relay_of(shape=shape, replace={"secret": "?"})
        out = relay.feed(body)
        if body is broken:
            found = outcome_in(out + relay.fail("gone"), shape)
            assert found["text"] == "Hi sec"
            assert found["error"]["message"] == "gone"


@pytest.mark.parametrize("name", NAMES)
def test_nothing_to_replace(name: str) -> None:
    body = body_of(name)
    if name == "chat_lone_surrogates":  # a half is held, and comes with the other half
        body = body.replace(rb"a\ud83d", b"a").replace(
            rb"\ude00b\u0000", "\U0001f600b\\u0000".encode()
        )
    out, relay = relayed(in_steps(body, 64), replace={"\x00never there": "?"}, stop=["\x01nor"])
    assert out == body
    assert relay.stopped is None


ODD = (
    "chat_lone_surrogates",  # halves of pairs come together here, and not in the source's outcome
    "messages_citations",  # its blocks are texts of their own, and the table spans two of them
)


@pytest.mark.parametrize("name", NAMES)
def test_recorded_streams(name: str) -> None:
    body, shape = body_of(name), expected_of(name)["shape"]
    if shape == "none" or not outcome_in(body)["text"] or name in ODD:
        return
    table = {"e": "<e>", " the ": " THE ", "\u00ed": "i"}
    out = sent([body], replace=table)
    for step in (1, 33):
        assert sent(in_steps(body, step), replace=table) == out
    found, source = outcome_in(out), outcome_in(body)
    if shape in ("chat", "completions"):
        for index, text in source["texts"].items():
            assert found["texts"][index] == replaced(text, table)
    else:
        assert found["text"].replace("<e>", "e") == replaced(source["text"], table).replace(
            "<e>", "e"
        )
    for member in ("reasoning", "refusal", "tool_calls", "usage", "terminal", "complete", "error"):
        assert found[member] == source[member], member


def test_halves_of_a_pair() -> None:
    """A character whose halves came in two deltas is one character."""
    halves = [
        b'{"choices":[{"delta":{"content":"a\\ud83d"}}]}',
        b'{"choices":[{"delta":{"content":"\\ude00b"}}]}',
    ]
    body = b"".join(b"data: " + half + b"\n\n" for half in halves) + stream(finishes(), DONE)
    out = sent(bytewise(body), replace={"\U0001f600": ":)"})
    assert outcome_in(out)["text"] == "a:)b"


STOPS = [["END"], ["\n\n", "###"], ["\U0001f600"]]


@st.composite
def stopping(draw: st.DrawFn, stops: list[str]) -> tuple[Answer, str, str | None]:
    """An answer, the text that is to be left of it, and the stop string that ended it."""
    said = [*stops, *(stop[:-1] for stop in stops), "a", "\u00e9", " ", "EN", "D", "#"]
    text = "".join(draw(st.lists(st.sampled_from(said), min_size=1, max_size=10))) or "-"
    thought = Part("reasoning", ("I say END", "###\n\n\U0001f600"))
    last = Part("call", ('{"a":"END"}',), "call_1", "find")
    answer = Answer(
        *("x_stop", "m", ((thought,), (Part("text", cut(draw, text)),), (last,)), "tool_calls"),
        Usage(1, 2, 0, 0, 0),
    )
    found = [(text.index(stop), stop) for stop in stops if stop in text]
    place, stopped = min(found, default=(len(text), None))
    return answer, text[:place], stopped


@pytest.mark.parametrize("stops", STOPS, ids=str)
@pytest.mark.parametrize("shape", SHAPES)
@given(st.data())
def test_stop_strings(shape: str, stops: list[str], data: st.DataObject) -> None:
    answer, left, stopped = data.draw(stopping(stops))
    body = rendered(answer, shape, Style()).body
    for chunks in ([body], bytewise(body), in_steps(body, 100)):
        out, relay = relayed(chunks, stop=stops)
        assert relay.stopped == stopped
        check(out, shape, "whole")
        found = said_by(out, shape)
        assert (found.text, found.complete) == (left, True)
        assert found.reasoning == "".join(answer.parts[0].pieces)
        assert found.finish == ("tool_calls" if stopped is None else "stop")
        assert bool(found.calls) == (stopped is None)
        assert relay.ended
    if stopped is not None and shape == "messages":
        assert json.dumps(stopped).encode() in out or stopped.encode() in out
        assert outcome_in(out)["finish_reason"] == "stop_sequence"


def test_nothing_comes_behind_a_stop_string() -> None:
    relay = Relay(stop=["END"])
    out = relay.feed(stream(says("a EN"))) + relay.feed(stream(says("D b")))
    assert relay.ended
    assert relay.stopped == "END"
    assert relay.feed(stream(says("c"), finishes(), DONE)) == b""
    assert relay.finish() == b""
    assert relay.keep_alive() == b""
    found = outcome_in(out)
    assert (found["text"], found["terminal"], found["finish_reason"]) == ("a ", "[DONE]", "stop")


@pytest.mark.parametrize("to", SHAPES)
@pytest.mark.parametrize("source", SHAPES)
def test_stop_strings_and_translation(source: str, to: str) -> None:
    answer = Answer("x", "m", ((Part("text", ("one EN", "D two")),),), "stop", Usage(1, 2, 0, 0, 0))
    out = sent(bytewise(rendered(answer, source, Style()).body), to=to, stop=["END"])
    check(out, to, "whole")
    assert said_by(out, to).text == "one "

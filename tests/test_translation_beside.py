"""What a chat says beside its choices and deltas: pages, which are carried, and what is counted."""

from __future__ import annotations

import json
from typing import Any

import pytest

from answer_case import DONE
from answers import stream
from relay_case import relay_of
from replay import bytewise, cut_once
from shape_rules import check, events_of
from ssewire import Relay


def perplexed(delta: dict[str, Any], finish: str | None = None, **more: Any) -> dict[str, Any]:
    """A chunk with lists beside its choices."""
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {"id": "c", "object": "chat.completion.chunk", "model": "m", "choices": [choice]} | more


def translated(body: bytes, to: str, **options: Any) -> tuple[bytes, dict[str, int]]:
    """What goes out, the same under every cut, and what could not."""
    found = []
    for chunks in ([body], bytewise(body), *cut_once(body)):
        relay = relay_of(shape="chat", to=to, **options)
        found.append((b"".join([*map(relay.feed, chunks), relay.finish()]), relay.dropped))
    assert all(each == found[0] for each in found)
    return found[0]


@pytest.mark.parametrize("to", ["messages", "responses"])
@pytest.mark.parametrize("call", [False, True])
def test_pages_beside_the_choices(to: str, call: bool) -> None:
    annotation = {"type": "url_citation", "url_citation": {"url": "u:2", "title": "Two"}}
    function = {"name": "add", "arguments": "{}"}
    lists: dict[str, Any] = {"citations": ["u:1", "u:2", "u:3", 4, ""]}
    results = [{"url": "u:4", "title": "Four"}, {"url": "u:1", "title": "One"}, {"title": "none"}]
    payloads = [
        perplexed({"content": "At "}, **lists),
        *(perplexed({"content": f"{hour} "}, **lists) for hour in range(4)),
        perplexed({"annotations": [annotation]}, search_results=results, citations=["u:1"]),
        *([perplexed({"tool_calls": [{"id": "t", "function": function}]})] if call else []),
        perplexed({}, "stop", **lists),
    ]
    out, dropped = translated(stream(*payloads, DONE), to)
    check(out, to, "whole")
    assert dropped == {}
    event = "content_block_delta" if to == "messages" else "response.output_text.annotation.added"
    told = [json.loads(each.data) for each in events_of(out) if each.event == event]
    cited = [each.get("annotation") or each["delta"].get("citation") for each in told]
    pages = [(each["url"], each["title"] or "") for each in cited if each]
    assert pages == [("u:2", "Two"), ("u:1", ""), ("u:3", ""), ("u:4", "Four")]


@pytest.mark.parametrize("to", ["messages", "responses"])
def test_what_only_one_vendor_says_is_counted(to: str) -> None:
    images = [{"type": "image_url", "image_url": {"url": "data:,"}}]
    plain = [{"type": "reasoning.text", "text": "Hm", "signature": None}]
    secret = [*plain, {"type": "reasoning.encrypted", "data": "c2Vj"}]
    signed = {
        "id": "t",
        "function": {"name": "f", "arguments": "{}"},
        "extra_content": {"google": 1},
    }
    logprobs = {"content": [{"token": "a", "logprob": -1}]}
    with_logprobs = perplexed({"content": "a"})
    with_logprobs["choices"][0]["logprobs"] = logprobs
    payloads = [
        # A template is learnt from the first ones, and matches the others.
        *(perplexed({"content": str(n)}, related_questions=["Why?"]) for n in range(6)),
        *(perplexed({"content": str(n)}, images=["u:1"]) for n in range(3)),
        *(perplexed({"content": str(n)}, related_questions=["Why?"]) for n in range(2)),
        *(perplexed({"content": str(n)}, images=[], citations=None) for n in range(3)),
        perplexed({"content": "x", "images": images}, images=["u:1"]),
        perplexed({"reasoning": "Hm", "reasoning_details": plain}),
        perplexed({"reasoning": "Hm", "reasoning_details": secret}),
        with_logprobs,
        perplexed({"executed_tools": [{"type": "search"}]}),
        perplexed({"tool_calls": [signed]}),
        perplexed({}, "stop"),
    ]
    out, dropped = translated(stream(*payloads, DONE), to)
    check(out, to, "whole")
    assert dropped == {
        "related_questions": 8,
        "images": 4,
        "reasoning_details": 1,
        "logprobs": 1,
        "executed_tools": 1,
        "extra_content": 1,
    }


CALL = {"tool_calls": [{"id": "t", "function": {"name": "add", "arguments": "{}"}}]}


@pytest.mark.parametrize("to", ["messages", "responses"])
@pytest.mark.parametrize(
    "deltas",
    [
        [CALL, {"content": "At noon."}],
        [{"reasoning": "Hm"}, CALL, {"content": "At noon."}],
        [{"content": "At noon."}, {"reasoning": "Hm"}],
        [{"content": "At noon."}, {"refusal": "No."}],
        [{"content": "At "}, {"reasoning": ""}, {"content": "noon."}, CALL],
    ],
)
def test_pages_where_the_text_ends(to: str, deltas: list[dict[str, Any]]) -> None:
    lists: dict[str, Any] = {"citations": ["u:1"]}
    payloads = [*(perplexed(delta, **lists) for delta in deltas), perplexed({}, "stop", **lists)]
    out, dropped = translated(stream(*payloads, DONE), to)
    check(out, to, "whole")
    assert dropped == {}
    told = b'"type":"citations_delta"' if to == "messages" else b'annotation.added","'
    assert out.count(told) == 1


def test_what_is_beside_a_text_that_is_dropped() -> None:
    payloads = [perplexed({"content": str(n)}, related_questions=["Why?"]) for n in range(6)]
    body = stream(*payloads, perplexed({}, "stop"), DONE)
    _, dropped = translated(body, "messages", drop=["text"])
    assert dropped == {"related_questions": 6}


def test_a_list_of_pages_without_end() -> None:
    lists = [[f"u:{n}" for n in range(start, start + 500)] for start in (0, 500, 1000, 1000)]
    payloads = [perplexed({"content": "a"}, citations=each) for each in lists]
    relay = Relay("chat", to="messages")
    out = relay.feed(stream(*payloads, perplexed({}, "stop"), DONE))
    assert out.count(b"citations_delta") == 1024
    assert relay.dropped == {"citation": 2}


def test_a_page_is_the_same_however_its_address_is_escaped() -> None:
    lists = rb'"citations":["u:\/1","u:/1","\u0075:/1"]'
    choice = b'"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}]'
    out, dropped = translated(b"data: {%b,%b}\n\n" % (lists, choice), "messages")
    assert (out.count(b"citations_delta"), dropped) == (1, {})

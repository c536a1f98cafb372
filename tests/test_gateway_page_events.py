"""The page's reader of event streams, in Node, against the table of the decoder's tests."""

from __future__ import annotations

import json
import subprocess
from base64 import b64encode
from typing import Any

import pytest

from example import EXAMPLES, PATIENCE
from installed import program
from replay import bytewise, every_cut
from test_peers import CASES, PROMPT

SOURCE = EXAMPLES / "gateway" / "page" / "events.js"

# A `.js` file without a package around it is a module only for browsers.
IN_NODE = """
import { readFileSync } from "node:fs";
const { source, bodies } = JSON.parse(readFileSync(0, "utf8"));
const { EventParser, readEvents } = await import(`data:text/javascript;base64,${source}`);
const read = [];
for (const chunks of bodies) {
  const waiting = chunks.map((chunk) => Buffer.from(chunk, "base64"));
  const taken = [];
  const body = new ReadableStream({
    pull(controller) {
      taken.push([]);
      if (waiting.length > 0) controller.enqueue(new Uint8Array(waiting.shift()));
      else controller.close();
    },
  }, { highWaterMark: 0 });
  for await (const { event, data } of readEvents(body)) taken.at(-1).push([event, data]);
  read.push(taken);
}
const parser = new EventParser();
let pieces = 0;
for (let i = 0; i < 200_000; i += 1) pieces += parser.feed(i === 0 ? "data: " : "x".repeat(16)).length;
const [long] = parser.feed("\\n\\n");
console.log(JSON.stringify({ read, long: [pieces, long.data.length] }));
"""


def in_node(bodies: list[list[bytes]]) -> dict[str, Any]:
    """What comes of each body: after each of its chunks the events `[name, data]`, then the end."""
    given = {
        "source": b64encode(SOURCE.read_bytes()).decode(),
        "bodies": [[b64encode(chunk).decode() for chunk in body] for body in bodies],
    }
    done = subprocess.run(
        [program("node", "nodejs"), "--input-type=module", "--eval", IN_NODE],
        input=json.dumps(given),
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def test_it_reads_what_the_decoder_reads_however_it_is_cut() -> None:
    expected, bodies, names = [], [], []
    for case in CASES:
        for chunks in every_cut(case.body):
            names.append((case.name, chunks))
            bodies.append(chunks)
            expected.append([[name, data] for name, data, _, _ in case.events])
    read = [[event for taken in body for event in taken] for body in in_node(bodies)["read"]]
    wrong = [name for name, got, right in zip(names, read, expected, strict=True) if got != right]
    assert wrong == []


@pytest.mark.parametrize(("name", "chunks"), PROMPT, ids=[name for name, _ in PROMPT])
def test_an_event_is_out_with_its_last_byte(name: str, chunks: list[bytes]) -> None:
    (taken,) = in_node([chunks])["read"]
    out = ["".join(data for _, data in events) for events in taken]
    expected = {"cr_then_lf_in_the_event": ["", "a\nb"], "crlf_cr_then_lf": ["a", "b", ""]}
    assert out == [*expected.get(name, ["a", "b"]), ""]


def test_characters_may_be_cut_and_lines_long() -> None:
    done = in_node([bytewise("data: é€😀\n\n".encode())])
    assert [event for taken in done["read"][0] for event in taken] == [["message", "é€😀"]]
    assert done["long"] == [0, 199_999 * 16]

"""What the pages of the documentation show, runs and prints what they say."""

from __future__ import annotations

import gc
import re
import runpy
import signal
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click
import pytest

from ssewire.cli.commands import EXTRAS, commands
from ssewire.replay import ReplayServer

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
PATIENCE = 60  # seconds for one block: it did not hang
PAGES = sorted((ROOT / "docs").rglob("*.md"))
ADDRESS = "http://127.0.0.1:8080"  # where the pages say that the server is
# A block of Python and, if a block of text follows it at once, what it prints.
BLOCK = re.compile(
    r"^```python\n(?P<code>.*?)^```\n(?:\n```text\n(?P<output>.*?)^```$)?", re.DOTALL | re.MULTILINE
)
EXAMPLE = re.compile(r"^```\{example\} (\S+)$", re.MULTILINE)


class Block(NamedTuple):
    """A block of Python: where it is, what it is, what it says that it prints."""

    name: str
    line: int
    code: str
    output: str | None


def blocks() -> Iterator[Block]:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        name = page.relative_to(ROOT).as_posix()
        for found in BLOCK.finditer(text):
            line = text.count("\n", 0, found.start("code")) + 1
            yield Block(name, line, found["code"], found["output"])


BLOCKS = list(blocks())


@pytest.fixture(scope="module")
def server() -> Iterator[ReplayServer]:
    with ReplayServer() as server:
        yield server


@pytest.fixture
def _no_hang() -> Iterator[None]:
    def give_up(*_: object) -> None:
        raise TimeoutError(f"the block has run for {PATIENCE} seconds")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(PATIENCE)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.usefixtures("_no_hang")
@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: f"{block.name}:{block.line}")
def test_block(
    block: Block,
    server: ReplayServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if re.search(r"\bhttpx2\b", block.code):
        pytest.importorskip("httpx2")  # needs Python 3.11
    monkeypatch.chdir(tmp_path)
    example = tmp_path / "example.py"
    # Blank lines before it make the lines of a traceback those of the page.
    example.write_text("\n" * (block.line - 1) + block.code.replace(ADDRESS, server.url), "utf-8")
    runpy.run_path(str(example), run_name="__main__")
    gc.collect()  # what it left open is to fail here, and not in another test later
    printed = capsys.readouterr().out
    assert printed
    if block.output is not None:
        assert printed == block.output


def test_blocks_are_found() -> None:
    assert len(BLOCKS) > 20
    assert sum(block.output is not None for block in BLOCKS) > 5


def test_every_example_is_on_a_page() -> None:
    shown = {name for page in PAGES for name in EXAMPLE.findall(page.read_text(encoding="utf-8"))}
    there = {path.name for path in (ROOT / "examples").iterdir() if path.suffix in (".py", ".sh")}
    assert there - shown == set()
    assert shown - there == set()


@pytest.mark.parametrize("name", EXTRAS)
def test_every_option_of_the_command_line_is_told(name: str) -> None:
    text = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    command = commands.get_command(click.Context(commands), name)
    assert command is not None
    options = {
        option
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for option in parameter.opts
        if option.startswith("--")
    }
    assert {option for option in options if f"`{option}" not in text} == set()

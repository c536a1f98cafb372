"""An example in a process of its own, and a server for it to talk to."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from ssewire import Dispatcher
from ssewire.replay import Recording, ReplayOptions, ReplayServer

if TYPE_CHECKING:
    from typing_extensions import Self

EXAMPLES = Path(__file__).parent.parent / "examples"
RECORDINGS = EXAMPLES / "recordings"
CHAT = "/v1/chat/completions"
PATIENCE = 30  # seconds: whoever waits so long waits for what never comes


def recording(name: str) -> Recording:
    path = RECORDINGS / f"{name}.sse"
    return Recording.read(path) if path.exists() else Recording.builtin(name)  # type: ignore[arg-type]


def text(name: str) -> str:
    dispatcher = Dispatcher()
    return dispatcher.feed_text(recording(name).stream)


def environment(**more: str) -> dict[str, str]:
    """The variables of this process, without those that say where a model is, or not to buffer."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    others = ("OPENAI_", "ANTHROPIC_", "PYTHONUNBUFFERED")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(others)}
    return {**kept, "EXAMPLES_RATE": "0", "PATH": path, "PYTHONUTF8": "1", **more}


def command(name: str, *arguments: str) -> list[str]:
    start = ["sh"] if name.endswith(".sh") else [sys.executable, "-W", "error"]
    return [*start, str(EXAMPLES / name), *arguments]


def run(name: str, *, status: int = 0, **more: str) -> tuple[str, str]:
    done = subprocess.run(
        command(name),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env=environment(**more),
        timeout=PATIENCE,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == status, done.stderr
    return done.stdout, done.stderr


class Upstream(ReplayServer):
    """Somebody else's server, that tells of each answer how it ended."""

    def __init__(self, *, stay_open: bool = False) -> None:
        self.ended: list[str] = []
        self._one_more = threading.Condition()
        super().__init__(
            [recording("tea")], options=ReplayOptions(stay_open=stay_open), log=self._add
        )

    def begins_only(self, name: str, events: int) -> str:
        """Answer with so many events and nothing more, and return their text."""
        blocks = recording(name).blocks[:events]
        stream = b"".join(block.lead + block.raw for block in blocks)
        self.endpoints[CHAT] = Recording(name, stream)
        return Dispatcher().feed_text(stream)

    def wait_for(self, number: int) -> list[str]:
        """How the answers ended, as soon as so many of them have."""
        with self._one_more:
            assert self._one_more.wait_for(lambda: len(self.ended) >= number, PATIENCE)
            return self.ended

    def _add(self, line: str) -> None:
        with self._one_more:
            self.ended.append(line)
            self._one_more.notify_all()


class Talk:
    """An example that runs, is written to, and is waited for."""

    def __init__(self, name: str, *arguments: str, terminal: bool = False, **more: str) -> None:
        started = command(name, *arguments)
        if terminal:
            # A process between, for the terminal has to be the one that Ctrl-C comes from.
            code = "import os, pty, sys; s = pty.spawn(sys.argv[1:])"
            started = [
                sys.executable,
                "-c",
                f"{code}; sys.exit(os.waitstatus_to_exitcode(s))",
                *started,
            ]
        self.process = subprocess.Popen(
            started,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment(**more),
            bufsize=0,
        )
        self._said = b""
        self._heard = 0
        self._more = threading.Condition()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def say(self, words: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(words.encode())

    def hear(self, words: str, *, pressing: str = "") -> str:
        """Wait until it has said this, and return all since the last time.

        Args:
            words: what it has to say.
            pressing: a key to press until then. A Ctrl-C that comes just before a read of Python's
                does not end it, so that a user presses it again.
        """

        def found() -> bool:
            return words.encode() in self._said[self._heard :]

        with self._more:
            for _ in range(PATIENCE if pressing else 1):
                self.say(pressing)
                if self._more.wait_for(found, 1 if pressing else PATIENCE):
                    break
            assert found(), self._said.decode(errors="replace")
            end = self._said.index(words.encode(), self._heard) + len(words.encode())
            heard = self._said[self._heard : end].decode()
            self._heard = end
        return heard

    def end(self) -> tuple[str, int]:
        """What it says at last, and its exit status."""
        status = self.process.wait(PATIENCE)
        self._reader.join()
        return self._said[self._heard :].decode(), status

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        self._reader.join()
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.stdout.close()

    def _read(self) -> None:
        assert self.process.stdout
        while chunk := self.process.stdout.read(65536):
            with self._more:
                self._said = (self._said + chunk).replace(b"\r\n", b"\n")
                self._more.notify_all()

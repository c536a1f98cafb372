"""What a command writes to a terminal."""

from __future__ import annotations

import os
import re
import subprocess
import threading

from command import CLI


def on_a_terminal(
    *arguments: str, stdin: bytes = b"", columns: int = 80, term: str = "xterm"
) -> str:
    """All that it writes there, with standard error, the escapes of the terminal included."""
    terminal, end = os.openpty()
    written: list[bytes] = []

    def read() -> None:
        # The end of a pseudo terminal is an error on Linux, and nothing to read elsewhere.
        try:
            while chunk := os.read(terminal, 65536):
                written.append(chunk)
        except OSError:
            pass

    environment = {**os.environ, "COLUMNS": str(columns), "TERM": term}
    reader = threading.Thread(target=read)
    with os.fdopen(end, "wb") as tty:
        reader.start()
        subprocess.run(
            [*CLI, *arguments],
            input=stdin,
            stdout=tty,
            stderr=tty,
            env=environment,
            timeout=60,
            check=False,
        )
    reader.join()
    os.close(terminal)
    return b"".join(written).decode().replace("\r\n", "\n")


def without_escapes(text: str) -> str:
    return re.sub(r"\x1b\[[?0-9;]*[A-Za-z]", "", text)

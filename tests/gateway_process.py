"""The gateway of the examples as its users start it, in a process that can be looked at."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gateway_running import CLIENT_KEY, PATIENCE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from typing_extensions import Self

ROOT = Path(__file__).parent.parent
KIB = 1024


def raise_file_limit() -> int:
    """As many open files as we may have, also for the processes that we start."""
    import resource  # which Windows does not have

    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


class GatewayProcess:
    """Runs with these settings.

    Attributes:
        port: where it listens.
        pid: its process.
    """

    def __init__(self, folder: Path, settings: Mapping[str, Any]) -> None:
        config = folder / "gateway.json"
        client = {"keys": {"client": {"key": "CLIENT_KEY"}}}
        config.write_text(json.dumps({**client, **settings}))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "examples.gateway", "--port", "0", "--config", str(config)],
            cwd=ROOT,
            env={**os.environ, "CLIENT_KEY": CLIENT_KEY},
            stdout=subprocess.PIPE,
            text=True,
        )
        self.pid = self._process.pid

    def __enter__(self) -> Self:
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline().rstrip("/\n").rpartition(":")[2])
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(PATIENCE)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def memory(self) -> int:
        """Its resident bytes, those that cannot be given back included."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        (line,) = (line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) * KIB

    def open_files(self) -> int:
        return len(os.listdir(f"/proc/{self.pid}/fd"))

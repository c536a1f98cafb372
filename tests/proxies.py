"""nginx and haproxy, real ones, each in front of one server of a test."""

from __future__ import annotations

import socket
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from installed import program

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PATIENCE = 30  # seconds: whoever waits so long waits for what never comes

# Buffering is on by default, and compression keeps whole blocks for itself. Both have to give way
# to what the gateway says in its headers.
NGINX = """
daemon off;
master_process off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{ }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  {compression}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_buffering on;
      proxy_pass http://127.0.0.1:{target};
    }}
  }}
}}
"""
GZIP = "gzip on; gzip_min_length 0; gzip_types text/event-stream;"

HAPROXY = """
defaults
  mode http
  timeout connect 10s
  timeout client 60s
  timeout server 60s

frontend front
  bind 127.0.0.1:{port}
  default_backend back

backend back
  server gateway 127.0.0.1:{target}
"""
PROXIES = ("nginx", "nginx with gzip", "haproxy")


@contextmanager
def proxy(kind: str, target: int, folder: Path) -> Iterator[str]:
    """Run one of `PROXIES` in front of a port of the loopback; its address, without a slash."""
    port = _free_port()
    config = folder / "config"
    if kind == "haproxy":
        config.write_text(HAPROXY.format(port=port, target=target))
        command = [program("haproxy"), "-db", "-f", str(config)]
    else:
        compression = GZIP if "gzip" in kind else ""
        config.write_text(
            NGINX.format(folder=folder, port=port, target=target, compression=compression)
        )
        command = [program("nginx"), "-p", str(folder), "-c", str(config)]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        try:
            _wait_until_it_listens(process, port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _wait_until_it_listens(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + PATIENCE
    while not _listens(port):
        if process.poll() is not None:
            assert process.stderr
            raise AssertionError(process.stderr.read().decode())
        assert time.monotonic() < until
        time.sleep(0.02)


def _listens(port: int) -> bool:
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0

"""The app in a process of its own, for measurements and for tests in a browser."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from urllib.error import URLError
from urllib.request import urlopen

from skinapp.settings import PROJECT_DIR, environment_with

START_S = 90
STOP_S = 30
_SERVE = """
import faulthandler, signal, sys
faulthandler.register(signal.SIGUSR1, all_threads=True)
from streamlit.web.cli import main
sys.argv[0] = "streamlit"
main()
"""


@dataclass(frozen=True)
class Server:
    """The app's process; SIGUSR1 makes it write the stacks of all its threads to its log."""

    url: str
    pid: int
    log: Path

    def stacks(self) -> str:
        """What every thread of the server is doing now."""
        before = self.log.stat().st_size
        os.kill(self.pid, signal.SIGUSR1)
        sleep(0.3)
        return self.log.read_bytes()[before:].decode()


@contextmanager
def served_app(log: Path, **environment: str) -> Iterator[Server]:
    """The app on a free port of this machine, on the CPU, with settings of its own.

    Raises `TimeoutError` with what it wrote to its ``log`` where it does not answer.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-c", _SERVE, "run", "app.py", "--server.headless=true"]
    command += [f"--server.port={port}", "--server.address=127.0.0.1"]
    env = environment_with(**{"SKINAPP_DEVICE": "cpu"} | environment)
    with log.open("w") as out:
        process = subprocess.Popen(command, cwd=PROJECT_DIR, env=env, stdout=out, stderr=out)
        server = Server(f"http://127.0.0.1:{port}", process.pid, log)
        try:
            _wait_for(server, process)
            yield server
        finally:
            process.terminate()
            process.wait(STOP_S)


def _wait_for(server: Server, process: subprocess.Popen) -> None:
    until = monotonic() + START_S
    while monotonic() < until and process.poll() is None:
        try:
            with urlopen(f"{server.url}/_stcore/health", timeout=2):
                return
        except (URLError, ConnectionError, TimeoutError):
            sleep(0.2)
    raise TimeoutError(f"the app did not start:\n{server.log.read_text()}")

"""A cluster on this machine: a scheduler and nodes, each a process as people start them.

Nodes can be killed, given resources, and started behind a command of their own
(`ip netns exec ...`). At the end all are gone, with what dask wrote.
"""

import os
import re
import signal
import subprocess
import sys
import time

START_SECONDS = 60.0
END_SECONDS = 30.0
QUIET = ("--no-dashboard", "--dashboard-address", "127.0.0.1:0")
"""Without the second, what is left of the dashboard has a port that only one scheduler can have."""


class Cluster:
    """A running cluster, used as a context manager.

    Args:
        folder: For logs and for what dask writes.
        host: The scheduler's address.
        prefix: What the scheduler is started with.
        words: More words for the command line of each process.

    Attributes:
        address: Where the scheduler is.
    """

    def __init__(self, folder, host="127.0.0.1", prefix=(), words=()):
        self._folder, self._host, self._prefix, self._words = folder, host, prefix, words
        self._running = []
        self.address = ""

    def __enter__(self):
        folder = self._folder / "dask"
        folder.mkdir()
        words = ("scheduler", "--host", self._host, "--port", "0", *QUIET)
        self.scheduler = self._start("scheduler", self._prefix, words)
        self.address = self.said("scheduler", r"Scheduler at:\s+(\S+)")[1]
        return self

    def __exit__(self, kind, error, trace):
        for process in reversed(self._running):
            self.kill(process, signal.SIGTERM)

    def node(self, name, threads=1, host="127.0.0.1", prefix=(), resources="", nanny=False):
        """Start a node; returns its process once the scheduler knows it."""
        words = ["worker", self.address, "--nthreads", str(threads), "--name", name, "--host", host]
        words += [*QUIET, "--local-directory", str(self._folder / "dask" / name)]
        words += [] if nanny else ["--no-nanny"]
        words += ["--resources", resources] if resources else []
        process = self._start(name, prefix, words)
        self.said(name, r"Registered to:")
        return process

    def kill(self, process, number=signal.SIGKILL):
        """End a process of the cluster, and wait until it has ended."""
        if process.poll() is None:
            os.kill(process.pid, number)
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def log(self, name):
        """What a process has written so far."""
        return (self._folder / f"{name}.log").read_text()

    def said(self, name, pattern):
        """The match of a pattern in a log, once it is there."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if found := re.search(pattern, self.log(name)):
                return found
            time.sleep(0.05)
        raise AssertionError(f"{name} did not say {pattern!r}: {self.log(name)}")

    def _start(self, name, prefix, words):
        with (self._folder / f"{name}.log").open("w") as log:
            process = subprocess.Popen(
                [*prefix, sys.executable, "-m", "dask", *words, *self._words],
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                cwd=self._folder,
                env=os.environ | {"DASK_TEMPORARY_DIRECTORY": str(self._folder / "dask")},
                start_new_session=True,
            )
        self._running.append(process)
        return process

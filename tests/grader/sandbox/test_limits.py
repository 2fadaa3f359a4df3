"""Enforcement: what a confined process still has, asked from inside one."""

import mmap
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.sandbox.limits import present_data, tasks_of_this_user
from tests.grader.worker.driver import Worker, Zygote, shared

LOOK = """
import os, resource, signal, subprocess, sys, tempfile

def descriptors(): return sorted(int(n) for n in os.listdir('/dev/fd'))[:-1]
def environment(): return dict(os.environ)
def stdin(): return sys.stdin.read() if sys.stdin else ''
def session(): return [os.getsid(0), os.getpgid(0), os.getpid()]
def limit(name): return resource.getrlimit(getattr(resource, 'RLIMIT_' + name))[0]
def limits(): return [limit('CORE'), limit('NOFILE'), limit('FSIZE')]
def raise_limit(): resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
def folder(): return [os.getcwd(), tempfile.gettempdir(), os.path.expanduser('~'), sorted(os.listdir('.'))]
def big_file():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with open('big', 'wb') as file:
        file.write(b'0' * (2 << 20))
def inherited():
    listing = subprocess.run(['ls', '/proc/self/fd'], stdout=subprocess.PIPE, text=True, close_fds=False)
    return listing.stdout.split()
def privileges(): return [l.split()[1] for l in open('/proc/self/status') if l.startswith('NoNewPrivs')]
def mask(): return os.umask(0o077)
"""
NAMES = (
    "descriptors", "environment", "stdin", "session", "limits", "raise_limit", "folder", "big_file",
    "inherited", "privileges", "mask",
)  # fmt: skip


@pytest.fixture
def zygote() -> Zygote:
    return shared()


@pytest.fixture
def worker(zygote: Zygote, tmp_path: Path) -> Iterator[Worker]:
    worker = Worker(zygote, tmp_path, file_mb=1)
    assert worker.load(LOOK, *NAMES).missing == ()
    yield worker
    worker.close()


def test_nothing_is_open_but_the_channel_and_the_output(worker):
    assert worker.value("descriptors") == [0, 1, 2, 3]


def test_a_program_that_it_starts_does_not_get_the_channel(worker):
    # 3 is the folder that ls reads; with the channel inherited that would be 4.
    assert worker.value("inherited") == ["0", "1", "2", "3"]


def test_nothing_of_our_environment_is_left(worker, tmp_path):
    environment = worker.value("environment")
    assert "SECRET" not in environment
    assert environment["HOME"] == str(tmp_path)


def test_there_is_nothing_to_read(worker):
    assert worker.value("stdin") == ""


def test_it_leads_a_session_of_its_own(worker):
    assert worker.value("session") == [worker.pid] * 3


def test_its_limits_are_set_and_cannot_be_raised_by_others_than_root(worker):
    assert worker.value("limits") == [1, 256, 1 << 20]
    if os.getuid():
        assert worker.call("raise_limit").exception.type == "ValueError"


def test_it_lives_in_its_scratch(worker, tmp_path):
    assert worker.value("folder") == [str(tmp_path), str(tmp_path), str(tmp_path), ["task.py"]]


def test_a_file_cannot_grow_without_end(worker, tmp_path):
    assert worker.call("big_file").exception.type == "OSError"
    assert (tmp_path / "big").stat().st_size <= 1 << 20


def test_files_are_private(worker):
    assert worker.value("mask") == 0o077


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a flag of Linux")
def test_no_program_gives_it_privileges(worker):
    assert worker.value("privileges") == ["1"]


def test_a_worker_that_cannot_be_confined_does_not_serve(zygote, tmp_path):
    worker = Worker(zygote, tmp_path / "not there")
    assert worker.ready is None
    assert "FileNotFoundError" in worker.output()
    assert os.waitstatus_to_exitcode(worker.close().status or 0) == 70


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="numbers of /proc")
def test_what_the_system_says_about_us_is_plausible():
    before = present_data()
    # A mapping of its own: memory that the allocator still held from earlier would not be seen.
    with mmap.mmap(-1, 32 << 20, flags=mmap.MAP_PRIVATE) as more:
        after = present_data()
        assert before is not None
        assert after is not None
        assert after - before >= len(more)
    tasks = tasks_of_this_user()
    assert tasks is not None
    assert tasks >= 1

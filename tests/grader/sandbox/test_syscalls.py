"""System calls by number: the tables, and what a refusal looks like."""

import ctypes
import errno
import os
import re
import sys
from pathlib import Path

import pytest

from grader.sandbox import syscalls
from tests.grader.sandbox.elsewhere import linux

_DUMPABLE = 3  # PR_GET_DUMPABLE


def numbers_of_header(path: Path) -> dict[str, int]:
    found = re.findall(r"^#define __NR_(\w+)\s+(\d+)\s*$", path.read_text(), re.MULTILINE)
    return {name: int(number) for name, number in found}


@pytest.mark.parametrize(
    ("machine", "header"),
    [
        ("x86_64", "/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
        ("aarch64", "/usr/include/asm-generic/unistd.h"),  # whose numbers aarch64 uses
    ],
)
def test_the_numbers_are_the_kernels(machine, header):
    if not Path(header).exists():
        pytest.skip("the kernel's headers are not installed")
    official = numbers_of_header(Path(header))
    ours = syscalls.NUMBERS[machine]
    # Older headers lack younger calls.
    assert {name: number for name, number in ours.items() if official.get(name, number) != number} == {}
    assert len(ours.keys() & official.keys()) > 85


@pytest.mark.parametrize("machine", syscalls.NUMBERS)
def test_no_number_stands_twice_or_beyond_the_newest(machine):
    numbers = list(syscalls.NUMBERS[machine].values())
    assert len(set(numbers)) == len(numbers)
    assert max(numbers) <= syscalls.NEWEST


def test_calls_from_424_on_have_the_same_number_everywhere():
    x86, arm = syscalls.NUMBERS["x86_64"], syscalls.NUMBERS["aarch64"]
    assert {name for name, number in x86.items() if number >= 424} == {
        name for name, number in arm.items() if number >= 424
    }
    assert all(arm[name] == number for name, number in x86.items() if number >= 424)


def test_a_machine_without_numbers_has_none(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert syscalls.machine.__wrapped__() == ""
    with pytest.raises(OSError, match=re.escape(os.strerror(errno.ENOSYS))):
        syscalls.call(1)


@linux
def test_a_refusal_is_an_oserror_with_its_number():
    with pytest.raises(OSError, match=os.strerror(errno.EBADF)) as refused:
        syscalls.named("pidfd_getfd", -1, 0, 0)
    assert refused.value.errno == errno.EBADF


@linux
def test_a_call_that_this_machine_does_not_have_is_named():
    with pytest.raises(OSError, match="shut_everything_down") as refused:
        syscalls.named("shut_everything_down")
    assert refused.value.errno == errno.ENOSYS


@linux
def test_arguments_are_passed_whole():
    # lseek tells back what it was given, cut to 32 bits or not.
    with open("/proc/self/mem", "rb") as file:
        lseek = {"x86_64": 8, "aarch64": 62}.get(syscalls.machine())
        if lseek is None:
            pytest.skip("no numbers for this machine")
        assert syscalls.call(lseek, file.fileno(), 0x7_1234_5678, os.SEEK_SET) == 0x7_1234_5678


@linux
def test_prctl_returns_what_the_kernel_says():
    assert syscalls.prctl(_DUMPABLE) in (0, 1, 2)
    with pytest.raises(OSError, match=re.escape(os.strerror(errno.EINVAL))):
        syscalls.prctl(0x7FFF_FFFF)


@linux
def test_pointers_pass_as_ctypes_has_them():
    name = ctypes.create_string_buffer(16)
    get_name = 16
    syscalls.named("prctl", get_name, name, 0, 0, 0)
    assert name.value.decode() == Path("/proc/thread-self/comm").read_text().rstrip("\n")

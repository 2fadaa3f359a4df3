"""The list in an export: only what is asked for is kept of it, whatever it holds."""

import time
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.submission.layouts.metadata import SUBMITTERS, NotTold, Submitter, Told, read_metadata

RUBY = b"""---
submission_11:
  :submitters:
  - &1
    :name: "Ada \\u202e Lovelace"
    :sid: '0100'
    :email: &mail ada@x.org
  - :name: !ruby/object:Gem::Installer {a: b}
    :sid: 200
    :email: *mail
  :created_at: 2026-11-01 17:20:14.123456789 Z
  :score: 3.0
  :results: &big
    tests:
    - output: |-
        submission_12:
          :submitters: []
  :history:
  - :id: 3
    :created_at: 2026-11-01 16:20:14 Z
    :results: *big
  - *big
submission_12:
  :submitters: ~
  :created_at: yesterday
submission_13: 5
"""


def test_what_ruby_writes() -> None:
    assert read_metadata(RUBY) == {
        "submission_11": Told(
            (Submitter("Ada \u202e Lovelace", "0100", "ada@x.org"), Submitter("", "200", "ada@x.org")),
            datetime(2026, 11, 1, 17, 20, 14, 123456, tzinfo=UTC),
            2,
        ),
        "submission_12": Told((), None, 0),
        "submission_13": Told((), None, 0),
    }


BOMB = b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
    b"%c: &%c [%s]\n" % (n, n, b",".join([b"*%c" % (n - 1)] * 9)) for n in range(ord("b"), ord("z"))
)
MERGED = b"a: &a {x: 1}\n" + b"".join(
    b"%c: &%c\n" % (n, n) + b"  <<: [*%c, *%c]\n" % (n - 1, n - 1) for n in range(ord("b"), ord("z"))
)


@pytest.mark.parametrize(
    "content",
    [
        BOMB,
        MERGED,
        b"s: {':submitters': &x [*x]}",
        b"s: {':submitters': [" + b"{':name': a}," * 100_000 + b"]}",
        b"s: " + b"[" * 99 + b"]" * 99,
        b"s: !!python/object/apply:os.system ['exit 1']",
        b"s: {':created_at': " + b"9" * 1_000_000 + b"}",
        b"&a s: {? {':submitters': b} : c, *a : d}",
    ],
    ids=["laughs", "merges", "itself", "submitters", "nested", "python", "digits", "keys"],
)
def test_bombs_cost_nothing(content: bytes) -> None:
    began = time.process_time()
    found = read_metadata(content)
    assert time.process_time() - began < 5
    assert all(len(told.submitters) <= SUBMITTERS and told.time is None for told in found.values())


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "it lists no submissions"),
        (b"- a", "it lists no submissions"),
        (b"a: [", "it is no YAML from line 2 on"),  # where the text ends
        (b"a: 1\nb: [}", "it is no YAML from line 2 on"),
        (b"a: 1\n---\nb: [", "it is no YAML"),
        (b"\xff\xfe\xff", "it is no YAML"),
        (b"a: \0", "it is no YAML"),
        (b"a: " + b"[" * 1_000_000, "it is nested more than 100 levels deep"),
        (b"a: " + b"{" * 1_000_000, "it is nested more than 100 levels deep"),
        (b"a:\n" + b"- " * 1_000_000, "it is nested more than 100 levels deep"),
        (b"? " * 1_000_000, "it is nested more than 100 levels deep"),
    ],
)
def test_damage_is_said(content: bytes, why: str) -> None:
    began = time.process_time()
    with pytest.raises(NotTold) as caught:
        read_metadata(content)
    assert str(caught.value).startswith(why)
    assert time.process_time() - began < 5


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_do_harm(content: bytes) -> None:
    with suppress(NotTold):
        read_metadata(b"a: " + content)

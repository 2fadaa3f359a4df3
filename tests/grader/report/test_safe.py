"""Hostile text comes out inert, short and whole."""

import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.report.safe import encodable, safe_lines, safe_text


@pytest.mark.parametrize(
    ("text", "inert"),
    [
        ("plain text, [brackets] and 日本語 Žofie é", "plain text, [brackets] and 日本語 Žofie é"),
        ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
        ("\x1b]8;;https://example.org\x1b\\click", r"\x1b]8;;https://example.org\x1b" + "\\click"),
        ("\x9b2J", r"\x9b2J"),
        ("a\nb\rc\0d\x7fe", r"a\x0ab\x0dc\x00d\x7fe"),
        ("a\tb", "a    b"),
        ("abc\u202efed", r"abc\u202efed"),
        ("zero\u200bwidth\u2066\u2069\ufeff", r"zero\u200bwidth\u2066\u2069\ufeff"),
        ("line\u2028paragraph\u2029", r"line\u2028paragraph\u2029"),
        ("half\ud800", r"half\ud800"),
        ("tag\U000e0041", r"tag\U000e0041"),
        ("e\u0301", "e\u0301"),
        ("z" + "\u0336" * 6, "z" + "\u0336" * 4 + r"\u0336\u0336"),
        ("", ""),
    ],
)
def test_what_acts_on_its_surroundings_is_spelled_out(text, inert):
    assert safe_text(text) == inert


def test_no_character_of_unicode_gets_through_that_is_not_itself():
    every = "".join(map(chr, range(sys.maxunicode + 1)))
    for character in safe_text(every, limit=len(every)):
        assert unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@settings(deadline=None)  # a busy machine is no failure
@given(st.text(st.characters()))
def test_inert_text_stays_as_it_is(text):
    assert safe_text(safe_text(text, 10_000), 100_000) == safe_text(text, 10_000)


def test_a_line_of_a_megabyte_is_cut_and_says_so():
    text = safe_text("x" * 1_000_000, 40)
    assert text == "x" * 40 + "... (999,960 more characters)"
    assert safe_text("\ud800" * 1_000_000, 40) == r"\ud800" * 6 + "... (999,994 more characters)"
    assert safe_text("abcd", 3) == "abc... (1 more character)"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", []),
        ("one\n", ["one"]),
        ("one\r\ntwo\n", ["one", "two"]),
        ("10%\r50%\r100%\n", ["10%", "50%", "... (1 more line)"]),
        ("1\n2\n3\n4\n5\n", ["1", "2", "... (3 more lines)"]),
        ("\x1b[2J\n" + "y" * 200, [r"\x1b[2J", "y" * 160 + "... (40 more characters)"]),
    ],
)
def test_printed_output_is_cut_to_its_first_lines(text, lines):
    assert safe_lines(text, 2) == lines


@settings(deadline=None)  # a busy machine is no failure
@given(st.text(st.characters()))
def test_encodable_text_is_utf8_and_otherwise_unchanged(text):
    assert encodable(text).encode("utf-8").decode("utf-8") == encodable(text)
    if not any("\ud800" <= character <= "\udfff" for character in text):
        assert encodable(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("::error::x", "\\x3a:error::x"),
        ("x ::Set-Output name=a::1", "x \\x3a:Set-Output name=a::1"),
        ("##[group]x ##vso[y]", "\\x23#[group]x \\x23#vso[y]"),
        ("aten::softmax, std::errors, ## a heading", "aten::softmax, std::errors, ## a heading"),
    ],
)
def test_what_a_build_server_obeys_is_spelled_out(text, shown):
    assert safe_text(text) == shown


def test_letters_that_nobody_sees_are_spelled_out():
    assert safe_text("ada\u3164\u115f\u2800") == "ada\\u3164\\u115f\\u2800"
    assert safe_text("\u26a0\ufe0f") == "\u26a0\ufe0f"

"""Mutants that nobody could tell from the reference: read, found, and told of when they are gone."""

import pytest

from grader.errors import CourseError
from grader.verify.mutants import Equivalent, listed, mutants, read_equivalents

SOURCE = """
def loss(x):
    y = x.sum(dim=1)  # of each row
    return y

def other(x):
    y = x.sum(dim=1)
    return y
"""
MUTANTS = mutants(SOURCE)
KEPT = {"line": "y = x.sum(dim=1)", "becomes": "y = x.sum(dim=1, keepdim=True)", "reason": "No one looks."}


def entry(**changed):
    return Equivalent(**{**KEPT, **changed})


def write(folder, text):
    (folder / "equivalents.toml").write_text(text, "utf-8")


def test_entries_are_read(tmp_path):
    write(tmp_path, '[[equivalent]]\nline = "a"\nbecomes = ""\nreason = "So."\nfunction = "f"\n')
    (found,) = read_equivalents(tmp_path, "softmax")
    assert found == Equivalent(line="a", becomes="", reason="So.", function="f")


def test_there_need_be_no_file(tmp_path):
    assert read_equivalents(tmp_path, "softmax") == ()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[[equivalent]]\nline = "a"\nbecomes = "b"\n', "reason"),
        ('[[equivalent]]\nlime = "a"\nbecomes = "b"\nreason = "c"\n', "line"),
        ("[[equivalent]\n", "not valid TOML"),
    ],
)
def test_a_file_that_is_not_as_it_must_be_is_refused(tmp_path, text, sentence):
    write(tmp_path, text)
    with pytest.raises(CourseError, match=r"reference/softmax/equivalents\.toml") as refused:
        read_equivalents(tmp_path, "softmax")
    assert sentence in str(refused.value)


def test_an_entry_stands_for_the_mutant_of_its_lines():
    found = listed([entry(function="loss")], MUTANTS)
    assert found.reasons == {"loss, keepdim: y = x.sum(dim=1{+, keepdim=True+})": "No one looks."}
    assert (found.stale, found.ambiguous) == ((), ())


def test_an_entry_that_fits_several_functions_stands_for_none():
    found = listed([entry()], MUTANTS)
    assert (found.reasons, found.ambiguous) == ({}, (entry(),))


@pytest.mark.parametrize("changed", [{"line": "y = 7"}, {"becomes": "y = 7"}, {"function": "loss2"}])
def test_an_entry_that_fits_nothing_is_stale(changed):
    found = listed([entry(**changed)], MUTANTS)
    assert (found.reasons, found.stale) == ({}, (entry(**changed),))


def test_the_second_of_two_equal_entries_is_stale():
    found = listed([entry(function="loss"), entry(function="loss")], MUTANTS)
    assert len(found.reasons) == 1
    assert found.stale == (entry(function="loss"),)

"""Canvas: what its importer makes of a filled gradebook, and that nothing but marks is another byte."""

import pytest

from grader.errors import UsageError
from grader.export.canvas import Match, fill
from grader.export.marks import Mark
from tests.grader.export.canvas_importer import InvalidHeader, parse, uploaded

EXPORT = (
    b"Student,ID,SIS User ID,SIS Login ID,Section,Homework 1 (9001),Homework 2 (9002),N (x),Final Score\r\n"
    b",,,,,Manual Posting,,,\r\n"
    b'"    Points Possible",,,,,20.00,10,,(read only)\r\n'
    b'"Lovelace, Ada",1234,S1,ada,"A, ""B""",,3.5,,17\r\n'
    b'"Turing, Alan",77,S2,alan,A,12.00,,,\r\n'
    b'"Hopper, Grace",78,S3,grace,A,EX,1,,\r\n'
    b'"Noether, Emmy",80,S4,emmy,A,N/A,1,,\r\n'
    b'"Student, Test",999,,,A,5,,,'
)

ADA, ALAN = Mark("lovelaceada_1234", 17.125, 20), Mark("turingalan_77", 12.0, 20)
GRACE, EMMY = Mark("hoppergrace_78", 20, 20), Mark("noetheremmy_80", 20, 20)


def test_a_mark_is_all_that_an_upload_changes() -> None:
    filled = fill(EXPORT, [ADA], ["Homework 1"])
    changes = uploaded(EXPORT, filled.content)
    assert changes.scores == {("1234", "9001"): ("", "17.13")}
    assert (changes.points, changes.new_assignments, changes.missing_students) == ({}, [], [])


def test_no_other_byte_changes() -> None:
    filled = fill(EXPORT, [ADA, ALAN, GRACE, EMMY], ["Homework 1 (9001)"])
    assert filled.content == EXPORT.replace(b'"A, ""B""",,3.5', b'"A, ""B""",17.13,3.5')
    assert (filled.filled, filled.changed) == (2, [])
    assert filled.left == ["hoppergrace_78: excused", "noetheremmy_80: not assigned"]
    assert filled.unmarked == ["Student, Test"]


def test_nobody_is_dropped() -> None:
    filled = fill(EXPORT, [ADA, Mark("grace", 1, 20), Mark("x_5", 1, 20)], ["Homework 1"])
    assert filled.strangers == ["grace", "x_5"]
    assert filled.unmarked == ["Turing, Alan", "Hopper, Grace", "Noether, Emmy", "Student, Test"]


def test_an_earlier_mark_is_replaced_and_said_and_never_blanked() -> None:
    filled = fill(EXPORT, [Mark("turingalan_77", 0, 20)], ["Homework 1"])
    assert filled.changed == ["turingalan_77: 12.00, now 0.00"]
    assert uploaded(EXPORT, filled.content).scores == {("77", "9001"): ("12.00", "0.00")}


@pytest.mark.parametrize(
    ("written", "beginning", "ends"),
    [(",", "", "\n"), (";", "\ufeff", "\r\n"), (",", "\ufeff", "\n")],
)
def test_it_stays_written_as_it_was(written: str, beginning: str, ends: str) -> None:
    rows = ["Student|ID|Section|One (1)", "    Points Possible|||4,00", "Åsa Ö|7|é|3,50", "Bo|8||", ""]
    quoted = [
        written.join(f'"{cell}"' if "," in cell else cell for cell in row.split("|")) if row else row
        for row in rows
    ]
    content = (beginning + ends.join(quoted)).encode()
    filled = fill(content, [Mark("bo_8", 2.5, 4)], ["One"])
    assert uploaded(content, filled.content).scores == {("8", "1"): ("", "2,50")}
    last = "2,50" if written == ";" else '"2,50"'
    assert filled.content == content.replace(f"Bo{written}8{written}{written}".encode(), f"Bo{written}8{written}{written}{last}".encode())  # fmt: skip  # noqa: E501


@pytest.mark.parametrize(
    ("match", "student"),
    [
        (Match.ID, "lovelaceada_1234"),
        (Match.ID, "1234"),
        (Match.LOGIN, "ADA"),
        (Match.SIS_ID, "s1"),
        (Match.NAME, "lovelaceada_1234"),
        (Match.NAME, "Ada Lovelace"),
    ],
)
def test_students_are_known_by(match: Match, student: str) -> None:
    filled = fill(EXPORT, [Mark(student, 17, 20)], ["Homework 1"], match=match)
    assert uploaded(EXPORT, filled.content).scores == {("1234", "9001"): ("", "17.00")}


def test_an_anonymous_id_is_nobodys_number() -> None:
    assert fill(EXPORT, [Mark("anon_1234", 1, 20)], ["Homework 1"]).strangers == ["anon_1234"]


def test_points_must_fit_or_be_scaled() -> None:
    with pytest.raises(UsageError, match=r"'Homework 2 \(9002\)' says 10 points, .* out of 20; scale"):
        fill(EXPORT, [ADA], ["Homework 2"])
    filled = fill(EXPORT, [ADA], ["Homework 2"], scale=True)
    assert uploaded(EXPORT, filled.content).scores == {("1234", "9002"): ("3.5", "8.56")}


def test_points_are_found_wherever_somebody_sorted_them_to() -> None:
    lines = EXPORT.decode().splitlines(keepends=True)
    moved = "".join([lines[0], *lines[3:-1], lines[2], lines[-1]]).encode()
    with pytest.raises(UsageError, match=r"says 20 points, .* out of 10"):
        fill(moved, [Mark("lovelaceada_1234", 1, 10)], ["Homework 1"])
    assert "Points Possible" not in str(fill(moved, [ADA], ["Homework 1"]).unmarked)


def test_what_cannot_be_scaled_is_refused_and_gives_nobody_a_zero() -> None:
    nothing = EXPORT.replace(b"20.00,10", b"0,10")
    with pytest.raises(
        UsageError, match=r"'Homework 1 \(9001\)' says no points that marks could be scaled to"
    ):
        fill(nothing, [ADA], ["Homework 1"], scale=True)
    silent = b"Student,ID,Section,One (1)\nA,1234,s,\n"
    with pytest.raises(UsageError, match="says no points that marks could be scaled to; leave --scale out"):
        fill(silent, [ADA], ["One"], scale=True)
    with pytest.raises(UsageError, match="The run's marks are out of 0"):
        fill(EXPORT, [Mark("lovelaceada_1234", 0, 0)], ["Homework 1"], scale=True)


def test_a_number_with_somebody_elses_name_is_said() -> None:
    filled = fill(EXPORT, [ADA, Mark("team_77", 1, 20), Mark("78", 1, 20)], ["Homework 1"])
    assert filled.misnamed == ["team_77 is 'Turing, Alan'"]
    assert fill(EXPORT, [Mark("alan", 1, 20)], ["Homework 1"], match=Match.LOGIN).misnamed == []


def test_a_name_is_the_same_however_its_letters_are_composed() -> None:
    export = 'Student,ID,Section,One (1)\n"Åström, Ida",5,s,\n'.encode()
    taken_apart = "a\u030astro\u0308mida_5"
    assert fill(export, [Mark(taken_apart, 1, 1)], ["One"]).misnamed == []
    assert fill(export, [Mark(taken_apart, 1, 1)], ["One"], match=Match.NAME).filled == 1


def test_last_and_first_names_in_columns_of_their_own() -> None:
    export = b"LastName,FirstName,ID,SIS Login ID,Section,One (1)\n    Points Possible,,,,,2\nLovelace,Ada,5,ada,s,\nTuring,Alan,6,alan,s,\n"  # noqa: E501
    for match, student in ((Match.ID, "lovelaceada_5"), (Match.NAME, "Ada Lovelace"), (Match.LOGIN, "ada")):
        filled = fill(export, [Mark(student, 2, 2)], ["One"], match=match)
        assert filled.content == export.replace(b"5,ada,s,", b"5,ada,s,2.00")
        assert (filled.unmarked, filled.misnamed) == (["Turing, Alan"], [])


def test_titles_may_hold_what_parts_cells_elsewhere() -> None:
    export = b"Student,ID,Section,a; b; c; d; e (1)\nAda,1234,s,\n"
    assert fill(export, [Mark("ada_1234", 1, 1)], ["a; b; c; d; e"]).filled == 1


@pytest.mark.parametrize("title", ["Final Grade essay", "Final Score", "Unposted Current Score"])
def test_a_column_that_canvas_takes_for_its_own_is_refused(title: str) -> None:
    """The importer drops every column with such words, whatever number stands behind them."""
    export = EXPORT.replace(b"Homework 2", title.encode())
    with pytest.raises(UsageError, match=r"Canvas does not read the column '.* \(9002\)': it takes"):
        fill(export, [ADA], [title])
    with pytest.raises(UsageError, match=r"It has: Homework 1 \(9001\)\.$"):
        fill(export, [ADA], ["nothing like it"])


@pytest.mark.parametrize(
    ("content", "titles", "told"),
    [
        (b"name,mark\n", ["x"], "is no gradebook of Canvas: its first line must begin with Student"),
        (b"Student,ID,One (1),Two (2)\n", ["One"], "must begin with Student and ID and name Section"),
        (b"", ["x"], "is empty"),
        (b"\xff\xfe", ["x"], "is not in UTF-8"),
        (b'Student,ID,Section,"One (1)\n', ["x"], "is no CSV from line 1 on"),
        (
            EXPORT,
            ["Homewrk 1 (9001)"],
            r"no column 'Homewrk 1 \(9001\)' .*Did you mean 'Homework 1 \(9001\)'",
        ),
        (EXPORT, ["Final Score"], "has no column 'Final Score'"),
        (EXPORT, ["Section"], "has no column 'Section'"),
        (EXPORT.replace(b"Homework 2", b"Homework 1"), ["Homework 1"], "say which with --column"),
        (EXPORT.replace(b"20.00", b"(read only)"), ["Homework 1"], "is read only in Canvas"),
        (EXPORT.replace(b"77,S2", b"1234,S2"), ["Homework 1"], "several rows for '1234'"),
    ],
)
def test_a_file_that_is_not_what_it_must_be(content: bytes, titles: list[str], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        fill(content, [ADA], titles)


def test_two_students_of_one_row() -> None:
    with pytest.raises(UsageError, match="'ada_1234' and 'lovelaceada_1234' are the same"):
        fill(EXPORT, [Mark("ada_1234", 1, 20), ADA], ["Homework 1"])


def test_the_importer_that_is_tried_here_notices() -> None:
    """A blank where a score is, points that change, a column that it doesn't know."""
    blanked = EXPORT.replace(b"A,12.00,", b"A,,")
    assert uploaded(EXPORT, blanked).scores == {("77", "9001"): ("12.00", "")}
    assert uploaded(EXPORT, EXPORT.replace(b"20.00", b"21")).points == {"9001": ("20.00", "21")}
    assert uploaded(EXPORT, EXPORT.replace(b"(9001)", b"(9)")).new_assignments == ["Homework 1"]
    with pytest.raises(InvalidHeader):
        parse(b"a,b,c,d\n")

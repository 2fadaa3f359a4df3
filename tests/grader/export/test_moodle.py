"""Moodle: what its importers make of a filled worksheet and of the feedback archive."""

import html
import re
from typing import Any

import pytest

from grader.errors import UsageError
from grader.export.marks import Mark
from grader.export.moodle import Columns, comment, feedback, fill
from grader.release.writing import zipped
from tests.grader.export import moodle_importer as importer
from tests.grader.export.a_class import HOSTILE, a_class, hostile_student

SHEET = (
    b"Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    b"Last modified (grade),Feedback comments\r\n"
    b'Participant 1234,"Ada, of L",a@x,Submitted,,20.00,Yes,-,\r\n'
    b'Participant 77,Alan,b@x,Submitted,12.00,20.00,Yes,"Sunday, 1 November 2026",Well done\r\n'
    b"Participant 78,Grace,c@x,No submission,3.00,20.00,No,-,\r\n"
    b"Participant 80,Emmy,d@x,No submission,,20.00,Yes,-,"
)
GERMAN = Columns("ID", "Bewertung", "Bestwertung", "Feedback als Kommentar")

ADA, ALAN, GRACE = Mark("Ada of L_1234", 17.125, 20), Mark("Alan_77", 15, 20), Mark("Grace_78", 20, 20)


def test_the_importer_takes_marks_and_comments() -> None:
    filled = fill(SHEET, [ADA, ALAN, GRACE], {ADA.student: "softmax: passed<br>more, later"})
    update = importer.worksheet(SHEET, filled.content)
    assert update.grades == {1234: 17.13, 77: 15.0}
    assert update.comments == {1234: "softmax: passed<br>more, later"}
    assert filled.changed == ["Alan_77: 12.00, now 15.00"]
    assert filled.left == ["Grace_78: locked in Moodle"]
    assert filled.unmarked == ["Participant 80"]


def test_no_other_byte_changes() -> None:
    filled = fill(SHEET, [ADA], {ADA.student: "well"})
    wanted = SHEET.replace(b"Submitted,,20.00,Yes,-,\r", b"Submitted,17.13,20.00,Yes,-,well\r")
    assert filled.content == wanted != SHEET


def test_a_comment_that_is_there_stays_unless_it_is_to_be_replaced() -> None:
    comments = {ALAN.student: "15 of 20"}
    kept = fill(SHEET, [ALAN], comments)
    assert importer.worksheet(SHEET, kept.content).comments == {}
    replaced = fill(SHEET, [ALAN], comments, replace=True)
    assert importer.worksheet(SHEET, replaced.content).comments == {77: "15 of 20"}


def test_decimals_stay_as_the_site_writes_them() -> None:
    sheet = SHEET.replace(b"12.00", b'"12,00"').replace(b"3.00", b'"3,00"').replace(b"20.00", b'"20,00"')
    filled = fill(sheet, [ADA], {})
    assert importer.worksheet(sheet, filled.content, comma=True).grades == {1234: 17.13}


def test_other_languages_separators_and_encodings() -> None:
    text = "ID;Vollständiger Name;Bewertung;Bestwertung\nTeilnehmer/in12;Ö;;20,00\n"
    for encoding in ("utf-8", "utf-16", "cp1252"):
        filled = fill(text.encode(encoding), [Mark("Ö_12", 3.5, 20)], {}, columns=GERMAN, encoding=encoding)
        assert filled.content == text.replace("Ö;;", "Ö;3,50;").encode(encoding)


def test_the_maximum_grade_must_fit_or_be_scaled() -> None:
    half = [Mark("Ada_1234", 5, 10)]
    with pytest.raises(UsageError, match=r"says 20 points, and the run's marks are out of 10; scale them"):
        fill(SHEET, half, {})
    assert importer.worksheet(SHEET, fill(SHEET, half, {}, scale=True).content).grades == {1234: 10.0}


def test_a_mark_above_the_maximum_is_said_for_moodle_would_pass_over_it() -> None:
    filled = fill(SHEET, [Mark("Ada_1234", 21, 20)], {})
    assert filled.content == SHEET
    assert filled.left == ["Ada_1234: 21.00 is above the maximum grade"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"a,b\n", "has no column 'Identifier', .* say which with --identifier-column"),
        (SHEET.replace(b",Grade,", b",Note,"), "has no column 'Grade', .* say which with --grade-column"),
        (
            SHEET.replace(b"modified (grade)", b"seen"),
            r"has no column 'Last modified \(grade\)', without which",
        ),
        (SHEET.replace(b"20.00", b"Good"), "grades by a scale in words"),
        (SHEET.replace(b"12.00,20.00", b"12.00,30.00"), "has several maximum grades"),
        (SHEET.replace(b"t 77", b"t 1234"), "several rows for 'Participant 1234'"),
        (b"\xff", "is not in UTF-8"),
    ],
)
def test_a_file_that_is_not_what_it_must_be(content: bytes, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        fill(content, [ADA], {})


def test_a_number_with_somebody_elses_name_is_said() -> None:
    """The number of a team may be that of some other participant."""
    filled = fill(SHEET, [ADA, Mark("Team Blue_77", 1, 20), Mark("80", 1, 20)], {})
    assert filled.misnamed == ["Team Blue_77 is in the row of 'Participant 77'"]


def test_nobody_has_a_name_where_marking_is_blind() -> None:
    blind = SHEET.replace(b'"Ada, of L"', b"").replace(b"Alan", b"")
    filled = fill(blind, [Mark("Participant_1234", 1, 20)], {})
    assert (filled.filled, filled.misnamed) == (1, [])
    german = b"ID;Bewertung;Bestwertung\nTeilnehmer/in12;;20,00\n"
    filled = fill(german, [Mark("Teilnehmer_in_12", 3.5, 20)], {}, columns=GERMAN)
    assert (filled.filled, filled.misnamed) == (1, [])


def test_what_the_worksheets_encoding_does_not_have_is_said() -> None:
    with pytest.raises(UsageError, match="characters that CP1252 does not have"):
        fill(SHEET, [ADA], {ADA.student: "отчёт"}, encoding="cp1252")


def test_nobody_gets_the_feedback_of_another() -> None:
    with pytest.raises(UsageError, match="'Ada_5' and 'Bo_5' are one participant in Moodle, 5"):
        feedback([("Ada_5", "report.txt", b"a"), ("Bo_5", "report.txt", b"b")])


def test_a_wrong_name_of_a_column_names_its_own_option() -> None:
    with pytest.raises(UsageError, match=r"no column 'Kennung', .* say which with --identifier-column"):
        fill(SHEET, [ADA], {}, columns=Columns(identifier="Kennung"))


def test_a_comment_says_each_exercise() -> None:
    bob = a_class()[1].for_student("differences")  # type: ignore[arg-type]
    assert comment(bob, "report.txt") == "softmax: error, 0 of 2<br>More is in report.txt."


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_names_are_inert_in_comments_and_in_the_sheet(text: str) -> None:
    said = comment(hostile_student(text))
    assert not re.search(r"<(?!br>)", said)
    assert "\x1b" not in html.unescape(said)
    assert not said.startswith(("=", "+", "-", "@", "\t"))
    filled = fill(SHEET, [ADA], {ADA.student: said})
    assert importer.worksheet(SHEET, filled.content).comments == {1234: said}


def test_the_importer_takes_feedback_files() -> None:
    placed, strangers = feedback([("Ada of L_1234", "report.txt", b"a"), ("Alan_77", "report.txt", b"b"), ("x", "report.txt", b"c")])  # fmt: skip  # noqa: E501
    assert strangers == ["x"]
    assert importer.feedback(zipped(placed)) == {
        (1234, "assignsubmission", "file"): {"report.txt": b"a"},
        (77, "assignsubmission", "file"): {"report.txt": b"b"},
    }


@pytest.mark.parametrize("text", [*HOSTILE.values(), "../../etc", "a_b_1", "_", ".hidden", "a\\b"])
def test_hostile_names_stay_folders_that_the_importer_takes(text: Any) -> None:
    placed, _ = feedback([(f"{text}_5", "report.txt", b"x")])
    path = placed[0][0]
    assert path.count("/") == 1
    assert not path.startswith((".", "~", "/"))
    assert path.isprintable()
    assert importer.feedback(zipped(placed)) == {(5, "assignsubmission", "file"): {"report.txt": b"x"}}

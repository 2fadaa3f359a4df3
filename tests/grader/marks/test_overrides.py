"""overrides.csv: every row as it was meant, or one sentence with its line."""

import csv
import io
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.marks.overrides import Overrides, above_maximum, overridden, read_overrides
from grader.report.gradebook import as_csv, rows
from grader.report.model import Override
from tests.grader.report.conftest import make_exercise, make_student, make_test

EXERCISES = ("softmax", "conv2d", "training_loop")
HEADER = "student,exercise,score,reason\n"


@pytest.fixture
def read(tmp_path):
    def run(text, encoding="utf-8"):
        path = tmp_path / "overrides.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return read_overrides(path, EXERCISES)

    return run


def refusal(read, text, **options):
    with pytest.raises(UsageError) as caught:
        read(text, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_each_row_is_an_override(read):
    found = read(HEADER + "ada,softmax,7.5,Shown in person\nada,conv2d,0,Copied\nbob,softmax,3,Oral exam\n")
    assert found.marks == {
        ("ada", "softmax"): Override(score=7.5, reason="Shown in person"),
        ("ada", "conv2d"): Override(score=0, reason="Copied"),
        ("bob", "softmax"): Override(score=3, reason="Oral exam"),
    }
    assert found.of("ada", "conv2d") == Override(score=0, reason="Copied")
    assert found.of("bob", "conv2d") is None
    assert found.of("eve", "softmax") is None


@pytest.mark.parametrize(
    "text",
    [
        "student,exercise,score,reason\nada,softmax,7.5,Ill\n",
        "\ufeffstudent,exercise,score,reason\r\nada,softmax,7.5,Ill\r\n",
        "student,exercise,score,reason\rada,softmax,7.5,Ill",
        "student;exercise;score;reason\nada;softmax;7,5;Ill\n",
        "student;exercise;score;reason\nada;softmax;7.5;Ill\n",
        "student\texercise\tscore\treason\nada\tsoftmax\t7,5\tIll\n",
        "Reason,SCORE, student ,exercise\nIll,7.5,ada,softmax\n",
        "by,student,exercise,score,reason,date\nme,ada,softmax,7.5,Ill,today\n",
        "\n,,,\nstudent,exercise,score,reason\n,,,\n\n  ada , softmax , 7.50 , Ill \n\n , ,,\n",
        '"student","exercise","score","reason"\n"ada","softmax","7.5","Ill"\n',
        "student,exercise,score,reason,,\nada,softmax,7.5,Ill\n",
        "student,exercise,score,reason\nada,softmax,7.5,Ill,,,\n",
    ],
)
def test_whatever_saved_it_it_says_the_same(read, text):
    assert read(text).marks == {("ada", "softmax"): Override(score=7.5, reason="Ill")}


def test_the_example_of_the_manual(read):
    manual = (Path(__file__).parents[3] / "docs" / "regrading.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```csv\n(.*?)```", manual, re.DOTALL)
    assert read(example).marks == {
        ("ada", "softmax"): Override(score=7.5, reason="Shown in person on Monday"),
        ("bob", "conv2d"): Override(score=0, reason="Copied, see the minutes"),
    }


def test_a_header_alone_sets_nothing(read):
    assert read(HEADER).marks == {}


def test_a_reason_may_hold_separators_lines_and_quotes(read):
    found = read(HEADER + 'ada,softmax,1,"Ill, see ""mail""\nof Monday"\nbob,softmax,2,x\n')
    assert found.of("ada", "softmax").reason == 'Ill, see "mail"\nof Monday'
    assert found.of("bob", "softmax").score == 2


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("ada,softmax,x,Ill", "line 2: the score is 'x'; allowed: points from 0 on, such as 7.5."),
        ("ada,softmax,,Ill", "line 2: the score is ''; allowed: "),
        ("ada,softmax,-1,Ill", "line 2: the score is '-1'; allowed: "),
        ("ada,softmax,nan,Ill", "line 2: the score is 'nan'; allowed: "),
        ("ada,softmax,inf,Ill", "line 2: the score is 'inf'; allowed: "),
        ("ada,softmax,1e3,Ill", "line 2: the score is '1e3'; allowed: "),
        ("ada,softmax,1_0,Ill", "line 2: the score is '1_0'; allowed: "),
        ("ada,softmax,٣,Ill", "line 2: the score is '٣'; allowed: "),
        ("ada,softmax,.,Ill", "line 2: the score is '.'; allowed: "),
        ("ada,softmax,1000001,Ill", "line 2: the score is '1000001'; allowed: "),
        (f"ada,softmax,{'9' * 400},Ill", "line 2: the score is '9999"),
        ('ada,softmax,"7,5",Ill', "line 2: the score is '7,5'; allowed: "),
        ("ada,softmax,=1+1,Ill", "line 2: the score is '=1+1'; allowed: "),
        ("ada,softmax,7", "line 2: the reason is missing; the student reads it."),
        ("ada,softmax,7, ", "line 2: the reason is missing; the student reads it."),
        (",softmax,7,Ill", "line 2: the student is missing."),
        (
            "ada,sofmax,7,Ill",
            "line 2: there is no exercise 'sofmax'; allowed: softmax, conv2d, training_loop.",
        ),
        ("ada,sofmax,7,Ill", "Did you mean 'softmax'?"),
        ("ada,,7,Ill", "line 2: there is no exercise ''; allowed: "),
        ("ada,softmax,7,Ill, but here", "line 2: there are 5 cells, but the first line has 4; "),
        ("ada,softmax,7,Ill\n\nada,softmax,8,Well", "line 4: this student's softmax is in line 2 already"),
        ('ada,softmax,7,"Ill\nand well"\nada,conv2d,x,y', "line 4: the score is 'x'"),
        ('ada,softmax,7,"Ill', "line 2: this is not CSV ("),
        ('ada,softmax,7,"Ill" no', "line 2: this is not CSV ("),
        (f"ada,softmax,7,{'x' * 200_000}", "line 2: this is not CSV ("),
        ("ada,\x1b[2J\u202e,7,Ill", r"there is no exercise '\x1b[2J\u202e'"),
    ],
)
def test_a_wrong_row_is_one_sentence_with_its_line(read, row, said):
    told = refusal(read, HEADER + row + "\n")
    assert told.startswith("overrides.csv, line ")
    assert said in told


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the first line must name student, exercise, score, reason; 'student' is missing."),
        ("ada,softmax,7,Ill\n", "'student' is missing."),
        (
            "student,exercise,scores,reason\nada,softmax,7,Ill\n",
            "'score' is missing. Did you mean 'scores'?",
        ),
        ("student,exercise,score,reason,score\n", "the first line names 'score' twice."),
    ],
)
def test_a_wrong_header_is_one_sentence(read, text, said):
    told = refusal(read, text)
    assert told.startswith("overrides.csv: ")
    assert said in told


def test_another_encoding_is_one_sentence(read):
    said = "overrides.csv is not CSV in UTF-8 (byte 0xE9 at position 33); save it as 'CSV UTF-8'."
    assert refusal(read, HEADER + "Andr\u00e9,softmax,7,Ill\n"[3:], encoding="latin-1") == said.replace(
        "33", str(len(HEADER) + 1)
    )
    assert "is not CSV in UTF-8" in refusal(read, HEADER, encoding="utf-16")


def test_a_file_that_is_not_there(tmp_path):
    path = tmp_path / "none.csv"
    with pytest.raises(UsageError, match=r"There is no file '.*none\.csv'; name one with --overrides FILE"):
        read_overrides(path, EXERCISES)
    assert read_overrides(path, EXERCISES, required=False).marks == {}


@pytest.mark.parametrize("required", [True, False])
def test_a_folder_is_no_file(tmp_path, required):
    with pytest.raises(UsageError, match=r"cannot be read \(Is a directory\)"):
        read_overrides(tmp_path, EXERCISES, required=required)


HOSTILE = ['=HYPERLINK("http://x")', "\t=1", "-ada", "\x1b[31mada", "half\ud800", "\u202eabc", "x" * 1000]


@pytest.mark.parametrize("student", HOSTILE)
def test_a_name_copied_from_the_gradebook_is_that_student(read, student):
    book = as_csv(rows([make_student(student, make_exercise("softmax", make_test()))]))
    copied = list(csv.reader(io.StringIO(book, newline="")))[1][0]
    line = io.StringIO()
    csv.writer(line).writerow([copied, "softmax", "1", "Ill"])
    found = read(HEADER + line.getvalue())
    assert found.of(student, "softmax") == Override(score=1, reason="Ill")
    assert found.of("ada", "softmax") is None
    assert found.strangers([student]) == ()


def test_a_name_as_it_is_goes_before_one_of_a_gradebook(read):
    found = read(HEADER + "=ada,softmax,1,x\n'=ada,softmax,2,y\n")
    assert found.of("=ada", "softmax").score == 1
    assert found.of("'=ada", "softmax").score == 2


def test_students_who_are_not_in_the_class_are_told_once_each(read):
    found = read(HEADER + "ada,softmax,1,x\nadda,softmax,1,x\nadda,conv2d,1,x\n\x1bbob,softmax,1,x\n")
    assert found.strangers(["ada", "carla"]) == (
        "overrides.csv has marks for 'adda', who is not in this class. Did you mean 'ada'?",
        "overrides.csv has marks for '\\x1bbob', who is not in this class.",
    )
    assert found.strangers(["ada", "adda", "\x1bbob"]) == ()
    assert Overrides().strangers([]) == ()


def test_an_override_wins_over_points_and_penalty():
    late = make_exercise("softmax", make_test(), penalty=0.5, final=1.5)
    assert overridden(late, None) is late
    found = overridden(late, Override(score=7, reason="Ill"))
    assert (found.final, found.penalty, found.score, found.max_score) == (7, 0, 2, 2)
    assert found.override == Override(score=7, reason="Ill")


def test_a_mark_above_the_maximum_is_told():
    exercises = [
        overridden(make_exercise(name, make_test()), Override(score=score, reason="bonus"))
        for name, score in (("softmax", 2.5), ("conv2d", 2))
    ]
    exercises.append(make_exercise("training_loop", make_test()))
    assert above_maximum(make_student("\x1bada", *exercises)) == (
        "\\x1bada, softmax: the mark set by hand, 2.5, is above the maximum of 2.",
    )


CELL = st.text(st.characters(codec="utf-8"), max_size=30)
ROWS = st.dictionaries(
    st.tuples(CELL.map(str.strip).filter(bool), st.sampled_from(EXERCISES)),
    st.tuples(st.integers(0, 4_000_000).map(lambda n: n / 4), CELL.map(str.strip).filter(bool)),
    max_size=5,
)


@settings(deadline=None)  # a busy machine is no failure
@given(ROWS, st.sampled_from([",", ";", "\t"]), st.sampled_from(["\n", "\r\n"]))
def test_what_a_spreadsheet_writes_is_read_again(tmp_path_factory, marks, separator, end):
    path = tmp_path_factory.mktemp("overrides") / "overrides.csv"
    with open(path, "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=separator, lineterminator=end, quoting=csv.QUOTE_NONNUMERIC)
        writer.writerow(("student", "exercise", "score", "reason"))
        writer.writerows((*key, *value) for key, value in marks.items())
    found = read_overrides(path, EXERCISES).marks
    assert {key: (mark.score, mark.reason) for key, mark in found.items()} == marks


@settings(deadline=None)  # a busy machine is no failure
@given(st.binary(max_size=300) | CELL.map(lambda text: (HEADER + text).encode()))
def test_any_bytes_are_overrides_or_one_sentence(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("overrides") / "overrides.csv"
    path.write_bytes(content)
    told = ""
    try:
        read_overrides(path, EXERCISES)
    except UsageError as error:
        told = str(error)
    assert told.isprintable()

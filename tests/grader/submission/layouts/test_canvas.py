"""Canvas downloads: every file finds its student, under the name that the student gave it."""

from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from grader.findings import MissingFile
from grader.submission.layouts import canvas
from grader.submission.layouts.canvas import parse, parse_all
from tests.grader.submission.layouts.downloads import canvas_name, laid_out, main_files, read_all
from tests.grader.submission.packing import SOURCE, tarred, zipped

LATE = "Canvas marks it as late; when it was handed in, the download does not say."


@pytest.mark.parametrize(
    ("name", "student", "late", "number", "original"),
    [
        ("lovelaceada_1234_5678_softmax.py", "lovelaceada_1234", False, 5678, "softmax.py"),
        ("lovelaceada_LATE_1234_5678_softmax.py", "lovelaceada_1234", True, 5678, "softmax.py"),
        ("müllerjörg_12_34_my file.ipynb", "müllerjörg_12", False, 34, "my file.ipynb"),
        ("de_la_cruzana_12_34_a_b_c.py", "de_la_cruzana_12", False, 34, "a_b_c.py"),
        ("李小龍_12_34_softmax.py", "李小龍_12", False, 34, "softmax.py"),
        ("anon_x7_34_softmax.py", "anon_x7", False, 34, "softmax.py"),
        ("LATE_anon_x7_34_softmax.py", "anon_x7", True, 34, "softmax.py"),
        ("anon_77_34_softmax.py", "anon_77", False, 34, "softmax.py"),
        ("lovelaceada_1234_text.html", "lovelaceada_1234", False, None, "text.html"),
        ("lovelaceada_LATE_1234_link.html", "lovelaceada_1234", True, None, "link.html"),
        ("anon_x7_text.html", "anon_x7", False, None, "text.html"),
        ("12_34_softmax.py", "12", False, 34, "softmax.py"),
        ("ada_12_34_5_6_softmax.py", "ada_12", False, 34, "5_6_softmax.py"),
        ("ada_12_34_LATE_5_6_x.py", "ada_12", False, 34, "LATE_5_6_x.py"),
        ("=cmd|' C'!A0_12_34_\u202epy.xamtfos", "=cmd|' C'!A0_12", False, 34, "\u202epy.xamtfos"),
        ("ada_12_34_a\nb.py", "ada_12", False, 34, "a\nb.py"),
        ("ada_12_" + "9" * 200 + "_x.py", "ada_12", False, int("9" * 18), "x.py"),
    ],
)
def test_what_a_name_says(name: str, student: str, late: bool, number: int | None, original: str) -> None:
    found = parse(name)
    assert found is not None
    assert (found.student, found.late, found.number, found.name) == (student, late, number, original)


@pytest.mark.parametrize(
    "name",
    ["softmax.py", "ada_softmax.py", "ada_12_softmax.py", "ada_12_34_", "ada_12_34", "ada_๑๒_๓๔_x.py", ""],
)
def test_what_canvas_never_writes(name: str) -> None:
    assert parse(name) is None


PEOPLE = st.text(st.characters(categories=("Lu", "Ll", "Lo", "Zs"), include_characters="_-,'"), max_size=20)
ORIGINALS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30)


@given(PEOPLE, st.integers(1, 10**9), st.integers(1, 10**12), ORIGINALS, st.booleans())
def test_any_name_that_canvas_makes_is_taken_apart(
    person: str, user: int, attachment: int, original: str, late: bool
) -> None:
    name = canvas_name(person, user, attachment, original, late=late)
    found = parse(name)
    assert found is not None
    assert name.startswith(f"{found.user}_" if found.user else "")
    assert (found.id, found.number, found.late) == (str(user), attachment, late)
    assert name.endswith("_" + found.name)


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_text_does_harm(one: str, other: str) -> None:
    assert set(parse_all([one, other])) <= {one, other}


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1000, 9999)), min_size=2, max_size=6))
def test_a_group_whose_name_ends_in_a_number(teams: list[tuple[int, int]]) -> None:
    assume(len({team for team, _ in teams}) == len(teams) == len({user for _, user in teams}))
    names = [canvas_name(f"team_{team}", user, 50_000 + user, "softmax.py") for team, user in teams]
    students = {upload.student for upload in parse_all(names).values()}
    assert students == {f"team_{team}_{user}" for team, user in teams}


def test_one_group_whose_name_ends_in_a_number() -> None:
    names = [canvas_name("team_7", 4321, number, f"{number}.py") for number in (81, 82)]
    assert {(each.student, each.name) for each in parse_all(names).values()} == {
        ("team_7_4321", "81.py"),
        ("team_7_4321", "82.py"),
    }
    # What a student called a file says nothing about who handed it in.
    names = [canvas_name("ada", 12, number, f"{number}_softmax.py") for number in (81, 82)]
    assert {each.student for each in parse_all(names).values()} == {"ada_12"}


CLASS = {
    canvas_name("Lovelace, Ada", 1, 500, "softmax.py", late=True): b"import tools\n",
    canvas_name("Lovelace, Ada", 1, 501, "tools.py", late=True): b"x = 1\n",
    canvas_name("Lovelace, Ada", 1, 502, "conv2d.py", late=True): b"# ada",
    canvas_name("Müller-Lüdenscheidt, Jörg", 2, 503, "conv2d.ipynb"): b"# joerg",
    canvas_name("Lovelace, Ada", 3, 504, "softmax.py"): b"# the other Ada",
    canvas_name("", "anon_x7", 505, "softmax.py"): b"# nobody",
    canvas_name("Group: the best", 4, 506, "work.zip"): zipped({"work/softmax.py": b"# group"}),
}


@pytest.mark.parametrize("kind", ["zip", "folder"])
def test_a_class(tmp_path: Path, kind: str) -> None:
    submissions, notes = read_all(laid_out(tmp_path, CLASS, kind))
    assert main_files(submissions) == {
        "anon_x7": [b"# nobody", None],
        "groupthebest_4": [b"# group", None],
        "lovelaceada_1": [b"import tools\n", b"# ada"],
        "lovelaceada_3": [b"# the other Ada", None],
        "müllerlüdenscheidtjörg_2": [None, b"# joerg"],
    }
    assert notes == ("Read as a Canvas download: 5 students, 1 of them late.",)
    ada = submissions["lovelaceada_1"]
    assert [file.name for file in ada.bundles[0].files] == ["softmax.py", "tools.py"]
    assert ada.notes == (LATE,)
    assert ada.bundles[0].submitted is None
    assert ("softmax.py", "lovelaceada_LATE_1_500_softmax.py") in ada.names
    assert [each.notes for each in submissions.values() if each is not ada] == [()] * 4


def test_late_and_when(tmp_path: Path) -> None:
    path = laid_out(tmp_path, CLASS, "folder")
    (path / "submitted.csv").write_text("student,time\nlovelaceada_1,2026-11-01T12:00:00Z\n")
    submissions, notes = read_all(path)
    assert submissions["lovelaceada_1"].notes == ("Canvas marks it as late.",)
    assert notes == ("Read as a Canvas download: 5 students, 1 of them late.",)


def test_the_last_of_several_uploads_counts(tmp_path: Path) -> None:
    files = {
        canvas_name("ada", 1, 99, "softmax.py"): b"# first",
        canvas_name("ada", 1, 101, "softmax-2.py"): b"import tools # third",
        canvas_name("ada", 1, 100, "softmax-1.py"): b"# second",
        canvas_name("ada", 1, 102, "tools-1.py"): b"x = 1",
    }
    submissions, _ = read_all(laid_out(tmp_path, files, "zip"))
    (ada,) = submissions.values()
    assert [file.name for file in ada.bundles[0].files] == ["softmax.py", "tools.py"]
    assert ada.bundles[0].files[0].content == b"import tools # third"
    assert ada.notes == (
        "softmax-2.py is read as softmax.py: Canvas adds a number to a name that it has already.",
        "Of several files called softmax.py the last counts; earlier ones: "
        "ada_1_99_softmax.py, ada_1_100_softmax-1.py.",
        "tools-1.py is read as tools.py: Canvas adds a number to a name that it has already.",
    )


@pytest.mark.parametrize(
    ("names", "read"),
    [
        (["homework-1.ipynb", "homework-2.ipynb"], ["homework-1.ipynb", "homework-2.ipynb"]),
        (["work-1.zip"], ["work-1.zip"]),
        (["work.zip", "work-1.zip"], ["work.zip"]),
        (["work.tar.gz", "work-1.tar.gz"], ["work.tar.gz"]),
        (["2026-11.py"], ["2026-11.py"]),
        (["conv2d-1.ipynb"], ["conv2d.ipynb"]),
        (["data.csv", "data-1.csv"], ["data-1.csv", "data.csv"]),
    ],
)
def test_which_numbers_are_canvas_own(tmp_path: Path, names: list[str], read: list[str]) -> None:
    entries = {canvas_name("ada", 1, 10 + place, name): SOURCE for place, name in enumerate(names)}
    submissions, _ = read_all(laid_out(tmp_path, entries, "zip"))
    assert [name for name, _ in submissions["ada_1"].names] == read


def test_what_was_typed_or_linked(tmp_path: Path) -> None:
    files = {"ada_1_text.html": b"def softmax", "ada_1_10_softmax.py": SOURCE, "bob_LATE_2_link.html": b"<a>"}
    submissions, notes = read_all(laid_out(tmp_path, files, "zip"))
    assert submissions["ada_1"].notes == ("What was typed into Canvas is not read: ada_1_text.html.",)
    assert isinstance(submissions["bob_2"].bundles[0].problem, MissingFile)
    assert submissions["bob_2"].notes == (
        "Links that were handed in are not followed: bob_LATE_2_link.html.",
        LATE,
    )
    assert notes == ("Read as a Canvas download: 2 students, 1 of them late.",)


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_archives_of_a_student(tmp_path: Path, pack: object) -> None:
    packed = pack({"hw/src/softmax.py": b"# deep", "hw/readme.md": b"", "hw/softmax/old.py": b""})  # type: ignore[operator]
    files = {"ada_1_10_hw.zip": packed, "bob_2_11_softmax.py": SOURCE}
    submissions, _ = read_all(laid_out(tmp_path, files, "zip"))
    ada = submissions["ada_1"]
    assert ada.bundles[0].notes == (
        "It was found in the archive hw.zip.",
        "It was found in the folder 'src'.",
    )
    assert ada.notes == ("In hw.zip, not needed by any exercise, so not read: readme.md, softmax/.",)


def test_what_she_calls_her_files_proves_nothing_about_the_time(tmp_path: Path) -> None:
    files = {
        "ada_1_10_softmax.py": SOURCE,
        "ada_1_11_timestamp.txt": b"2026-11-01 12:00:00 UTC",
        "bob_2_12_2026-11-01T18-00-00Z.zip": zipped({"softmax.py": SOURCE}),
    }
    submissions, _ = read_all(laid_out(tmp_path, files, "zip"))
    assert [each.bundles[0].submitted for each in submissions.values()] == [None, None]


def test_a_file_that_cannot_be_read_is_called_as_she_called_it(tmp_path: Path) -> None:
    submissions, _ = read_all(laid_out(tmp_path, {"ada_1_10_softmax.py": b"", "b_2_3_x.py": b"1"}, "zip"))
    problem = submissions["ada_1"].bundles[0].problem
    assert problem is not None
    assert getattr(problem, "file", "") == "softmax.py"


def test_the_names_of_a_million_uploads_take_seconds() -> None:
    names = [f"{'_1' * 100}_{n}" for n in range(2000)] + ["_" * 255 + str(n) for n in range(2000)]
    assert len(canvas.parse_all(names)) == 2000

"""Exports from Gradescope: the list says whose each submission is, and when it came."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.errors import SubmissionsError
from tests.grader.submission.layouts.downloads import gradescope_list, laid_out, main_files, read_all
from tests.grader.submission.packing import SOURCE, zipped

ADA = "{':name': Ada, ':sid': '100', ':email': ada@x.org}"
BOB = "{':name': 'Bob, the \u202eelder', ':sid': '200', ':email': }"
EVE = "{':name': Eve}"
TIME = "2026-11-01 17:20:14.123456789 Z"


def export(listed: bytes, *numbers: int, **more: bytes) -> dict[str, bytes]:
    files = {f"submission_{number}/softmax.py": b"# %d" % number for number in numbers}
    around = "assignment_99_export/"
    listed_files = {"submission_metadata.yml": listed} if listed else {}
    return {around + name: content for name, content in {**files, **listed_files, **more}.items()}


@pytest.mark.parametrize("kind", ["zip", "folder"])
def test_a_class(tmp_path: Path, kind: str) -> None:
    listed = gradescope_list((1, TIME, ADA), (2, "2026-11-02 09:00:00 +01:00", BOB), (3, "~", EVE))
    submissions, notes = read_all(laid_out(tmp_path, export(listed, 1, 2, 3), kind))
    assert main_files(submissions) == {
        "200": [b"# 2", None],
        "Eve": [b"# 3", None],
        "ada@x.org": [b"# 1", None],
    }
    assert notes == ("Read as a Gradescope export: 3 students.",)
    assert [each.bundles[0].submitted for each in submissions.values()] == [
        datetime(2026, 11, 2, 8, tzinfo=UTC),
        None,
        datetime(2026, 11, 1, 17, 20, 14, 123456, tzinfo=UTC),
    ]
    assert submissions["200"].names == (("", "submission_2"),)


def test_a_group_is_each_of_its_members(tmp_path: Path) -> None:
    listed = gradescope_list((1, TIME, f"{ADA};{BOB};{ADA}"))
    submissions, _ = read_all(laid_out(tmp_path, export(listed, 1), "zip"))
    assert main_files(submissions) == {"200": [b"# 1", None], "ada@x.org": [b"# 1", None]}
    for each in submissions.values():
        assert each.notes == (
            "Handed in by a group, for each of its members: Ada, Bob, the \u202eelder, Ada.",
        )


def test_what_does_not_fit_is_said(tmp_path: Path) -> None:
    listed = gradescope_list((1, TIME, ADA), (4, TIME, BOB))
    files = export(listed, 1, 3, **{"submission_5.pdf": b"%PDF", "notes/x.py": SOURCE})
    submissions, notes = read_all(laid_out(tmp_path, files, "zip"))
    assert list(submissions) == ["ada@x.org", "submission_3"]
    assert notes == (
        "Read as a Gradescope export: 2 students.",
        "submission_metadata.yml does not say whose these are: submission_3.",
        "submission_metadata.yml names submissions that are not here: submission_4.",
        "Files beside the students' folders belong to nobody and were not read: submission_5.pdf.",
        "Folders that belong to nobody were not read: notes/.",
    )


def test_without_the_list(tmp_path: Path) -> None:
    submissions, notes = read_all(laid_out(tmp_path, export(b"", 1, 2), "folder"))
    assert list(submissions) == ["submission_1", "submission_2"]
    assert notes[1:] == ("There is no submission_metadata.yml, so nobody's name is known.",)


def test_the_newest_of_one_student_counts(tmp_path: Path) -> None:
    listed = gradescope_list((1, "2026-11-02 09:00:00 Z", ADA), (2, "2026-11-01 09:00:00 Z", ADA))
    submissions, _ = read_all(laid_out(tmp_path, export(listed, 1, 2), "zip"))
    assert main_files(submissions) == {"ada@x.org": [b"# 1", None]}
    assert submissions["ada@x.org"].notes == ("submission_1/ is what counts; earlier ones: submission_2/.",)


def test_namesakes_are_two_students(tmp_path: Path) -> None:
    listed = gradescope_list((1, TIME, EVE), (2, TIME, EVE), (3, TIME, ADA))
    submissions, _ = read_all(laid_out(tmp_path, export(listed, 1, 2, 3), "zip"))
    assert list(submissions) == ["Eve_submission_1", "Eve_submission_2", "ada@x.org"]


@pytest.mark.parametrize(("history", "said"), [(1, "an earlier one"), (12, "12 earlier ones")])
def test_earlier_ones_are_counted(tmp_path: Path, history: int, said: str) -> None:
    earlier = "  :history:\n" + "  - {':id': 1, ':created_at': 2026-10-01 09:00:00 Z}\n" * history
    listed = gradescope_list((1, TIME, ADA)).replace(b"  :history: []\n", earlier.encode())
    submissions, _ = read_all(laid_out(tmp_path, export(listed, 1), "zip"))
    assert submissions["ada@x.org"].notes == (
        f"Gradescope has {said} too; an export holds only the one that counts.",
    )


def test_names_that_no_report_could_be_filed_under(tmp_path: Path) -> None:
    names = ("'../../etc'", "'..'", "x" * 299, "'=cmd|x!A0'", '"nul\\0"')
    listed = gradescope_list(*((n, TIME, f"{{':name': {name}}}") for n, name in enumerate(names)))
    submissions, _ = read_all(laid_out(tmp_path, export(listed, *range(5)), "folder"))
    assert sorted(submissions) == [".._.._etc", "=cmd|x!A0", "nul_", "submission_1", "submission_2"]


def test_names_inside_a_submission_prove_nothing(tmp_path: Path) -> None:
    files = export(b"", 1) | {"assignment_99_export/submission_1/timestamp.txt": b"2026-11-01 12:00:00 UTC"}
    submissions, _ = read_all(laid_out(tmp_path, files, "folder"))
    assert submissions["submission_1"].bundles[0].submitted is None


def test_a_submission_that_is_an_archive_still(tmp_path: Path) -> None:
    files = export(b"", 2) | {
        "assignment_99_export/submission_1.zip": zipped({"a/b/softmax.py": b"# packed"})
    }
    submissions, _ = read_all(laid_out(tmp_path, files, "zip"))
    assert main_files(submissions)["submission_1"] == [b"# packed", None]


@pytest.mark.parametrize("content", [b"", b"a: [", b"\xff\xfe\xff", b"- a list"])
def test_a_list_that_is_none(tmp_path: Path, content: bytes) -> None:
    path = laid_out(tmp_path, export(b"x", 1), "folder")
    (path / "assignment_99_export" / "submission_metadata.yml").write_bytes(content)
    with pytest.raises(SubmissionsError, match=r"submission_metadata.yml does not say whose .*: it .*again"):
        read_all(path)


def test_a_list_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.submission.layouts.gradescope.METADATA_BYTES", 1 << 10)
    listed = gradescope_list(*((n, TIME, ADA) for n in range(100)))
    for kind in ("zip", "folder"):
        with pytest.raises(SubmissionsError, match=r"it is not read: the limit is 0 MiB"):
            read_all(laid_out(tmp_path, export(listed, 1), kind))

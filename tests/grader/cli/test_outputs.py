"""What is in the folder of reports once a run is complete."""

from pathlib import Path

from grader.cli import outputs
from grader.report.files import write_whole


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_what_a_killed_run_half_wrote_goes_away(tmp_path):
    for student in ("ada", "bob"):
        for name in (*outputs.STUDENT_FILES, ".0123456789abcdef.part"):
            write_whole(tmp_path / "students" / student / name, b"{}\n")
    write_whole(tmp_path / ".fedcba9876543210.part", b"half")
    outputs.clear(tmp_path, ["ada"])
    assert files(tmp_path) == {f"students/ada/{name}" for name in outputs.STUDENT_FILES}
    assert not (tmp_path / "students" / "bob").exists()


def test_pages_for_staff_go_with_their_students(tmp_path):
    for name in ("staff/ada.html", "staff/bob.html", "staff/.0123456789abcdef.part", "staff/notes.html"):
        write_whole(tmp_path / name, b"x")
    for student in ("ada", "bob"):
        write_whole(tmp_path / "students" / student / "report.json", b"{}\n")
    outputs.clear(tmp_path, ["ada"])
    assert files(tmp_path) == {"students/ada/report.json", "staff/ada.html", "staff/notes.html"}


def test_graded_notebooks_of_a_student_who_is_gone_go_too(tmp_path):
    for name in ("report.txt", "hw.graded.ipynb", "hw.graded.html"):
        write_whole(tmp_path / "students" / "bob" / name, b"{}\n")
    write_whole(tmp_path / "students" / "eve" / "hw.ipynb", b"{}\n")
    outputs.clear(tmp_path, ["ada"])
    assert files(tmp_path) == {"students/eve/hw.ipynb"}


def test_files_of_others_stay(tmp_path):
    for name in ("students/bob/notes.part", "students/bob/report.txt", "a.part", ".short.part"):
        write_whole(tmp_path / name, b"mine\n")
    outputs.clear(tmp_path, ["ada"])
    assert len(files(tmp_path)) == 4

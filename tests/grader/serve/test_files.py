"""What is served: what is on the list, from the run's folder and nowhere else."""

import os

import pytest

from grader.report.examples import EXAMPLES
from grader.serve.files import is_served, opened, policy_of
from grader.verdicts import Verdict
from tests.grader.serve.a_run import exercise

SERVED = (
    "class.html",
    "grades.csv",
    "grades.txt",
    "run.json",
    "changes.csv",
    "changes.json",
    "students/ada/report.html",
    "students/ada/report.txt",
    "students/ada/report.json",
    "students/ada/student.json",
    "students/ada/all of it.graded.html",
    "students/ada/all of it.graded.ipynb",
    "staff/ada.html",
    "similar/index.html",
    "similar/pair-001.html",
    "similar/similar.json",
)
NOT_SERVED = (
    "",
    ".",
    "..",
    "/",
    "journal.sqlite",
    "journal.sqlite-wal",
    "journal.sqlite-shm",
    "journal.lock",
    "journal-2026-01-01T00-00-00.0.sqlite",
    "progress.json",
    "overrides.csv",
    ".0123456789abcdef.part",
    "secret.txt",
    "students",
    "students/",
    "students/ada",
    "students/ada/",
    "students/ada/other.html",
    "students/ada/softmax.py",
    "students/ada/.graded.html/x",
    "students/../class.html",
    "students/../report.html",
    "students/./report.html",
    "students//report.html",
    "students/ada/../../class.html",
    "./class.html",
    "/class.html",
    "class.html/",
    "class.html\n",
    "class.html\0",
    "students/a\0b/report.html",
    "CLASS.HTML",
    "staff/.html",
    "staff/ada/report.html",
    "staff/../class.html",
    "staff/ada.txt",
    "similar/../run.json",
    "similar/other.html",
    "similar/pair-1.html",
)
NAMED = (
    *("journal.sqlite", "journal.lock", "overrides.csv", "progress.json", "secret.txt"),
    *("students/ada/other.html", "students/ada/softmax.py", "similar/other.html"),
)
"""Files that are there, and not served."""


def fill(folder, *paths):
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(f"this is {path}")


def about(folder, path):
    found = opened(folder, path)
    found.file.close()
    return found


def content(folder, path):
    found = opened(folder, path)
    return found and b"".join(found.pieces())


@pytest.mark.parametrize("path", SERVED)
def test_what_a_run_writes_for_people_is_served(tmp_path, path):
    assert opened(tmp_path, path) is None
    fill(tmp_path, path)
    assert content(tmp_path, path) == f"this is {path}".encode()


@pytest.mark.parametrize("path", NOT_SERVED)
def test_nothing_else_is(tmp_path, path):
    names = ("journal.sqlite", "journal.lock", "overrides.csv", "progress.json", "secret.txt")
    fill(
        tmp_path, *SERVED, *names, "students/ada/other.html", "students/ada/softmax.py", "similar/other.html"
    )
    assert not is_served(path)
    assert opened(tmp_path, path) is None


def test_a_link_is_not_followed_whatever_it_leads_to(tmp_path):
    out, elsewhere = tmp_path / "reports", tmp_path / "elsewhere"
    fill(elsewhere, "class.html", "ada/report.html", "students/ada/report.html")
    fill(out, "students/bob/report.html", "grades.txt")
    (out / "class.html").symlink_to(elsewhere / "class.html")
    (out / "run.json").symlink_to("grades.txt")
    (out / "students" / "ada").symlink_to(elsewhere / "ada")
    (out / "students" / "cem").symlink_to("bob")
    (out / "students" / "bob" / "report.txt").symlink_to(elsewhere / "class.html")
    for path in ("class.html", "run.json", *(f"students/{who}/report.html" for who in ("ada", "cem"))):
        assert opened(out, path) is None
    assert opened(out, "students/bob/report.txt") is None
    assert content(out, "students/bob/report.html") == b"this is students/bob/report.html"
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "students").symlink_to(elsewhere / "students")
    assert opened(tmp_path / "other", "students/ada/report.html") is None


def test_the_runs_folder_itself_may_be_a_link(tmp_path):
    fill(tmp_path / "reports", "class.html")
    (tmp_path / "latest").symlink_to("reports")
    assert content(tmp_path / "latest", "class.html") == b"this is class.html"


def test_a_folder_or_a_pipe_in_the_place_of_a_file_is_none(tmp_path):
    (tmp_path / "class.html").mkdir()
    os.mkfifo(tmp_path / "run.json")
    assert opened(tmp_path, "class.html") is None
    assert opened(tmp_path, "run.json") is None


def test_a_name_too_long_for_the_disk_is_none(tmp_path):
    assert opened(tmp_path, f"students/{'a' * 5000}/report.html") is None


def test_a_file_that_grows_meanwhile_keeps_its_size(tmp_path):
    fill(tmp_path, "grades.txt")
    found = opened(tmp_path, "grades.txt")
    with open(tmp_path / "grades.txt", "a") as file:
        file.write("and more")
    assert b"".join(found.pieces()) == b"this is grades.txt"


def test_what_it_is_and_whether_it_is_kept(tmp_path):
    fill(tmp_path, *SERVED)
    told = {path: about(tmp_path, path) for path in SERVED}
    assert told["class.html"].media == "text/html; charset=utf-8"
    assert told["run.json"].media == "application/json"
    assert {path for path, each in told.items() if each.keep_as} == {
        "grades.csv",
        "changes.csv",
        "students/ada/all of it.graded.ipynb",
    }


def test_our_pages_say_what_they_may_do(run):
    run.done("ada", exercise("softmax", Verdict.WRONG_ANSWER, EXAMPLES["values-differ"]))
    found = about(run.folder, "students/ada/report.html")
    assert "script-src 'sha256-" in found.policy
    assert "unsafe-inline'; script" in found.policy
    assert found.policy.startswith("default-src 'none'; ")


META = '<meta http-equiv="Content-Security-Policy" content="{}">'
OURS = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def test_a_page_that_allows_itself_more_is_allowed_nothing():
    def said(policy, before=""):
        return policy_of(f"<!doctype html><head>{before}{META.format(policy)}<title>x".encode())

    assert said(OURS) == OURS
    assert said(OURS.replace("'", "&#39;")) == OURS
    assert said("default-src *") == ""
    assert said(OURS.replace("style-src", "script-src 'unsafe-inline'; style-src")) == ""
    assert said(OURS.replace("; base", "; script-src 'unsafe-inline'; base")) == ""
    assert said(OURS, before="<title>a name</title>") == ""  # what comes after it may be a student's
    assert said(OURS, before=" " * 3000) == ""
    assert policy_of(b"\xff\xfe") == ""

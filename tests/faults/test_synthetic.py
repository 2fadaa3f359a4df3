"""The class that is made by a program: equal each time, as faulty as it says, and checked."""

import json
from collections import Counter

import pytest

from benchmarks.synthetic import FAULTS, make_class, mistakes, write_class, write_course
from grader.course import read_course


def test_equal_seeds_give_equal_classes():
    assert make_class(50, seed=3) == make_class(50, seed=3)
    assert make_class(50, seed=3) != make_class(50, seed=4)


def test_as_many_are_faulty_as_it_says_and_each_fault_is_there():
    students = make_class(400)
    assert sum(student.is_faulty for student in students) == 20
    kinds = Counter(each.programs["double"].name for each in students if each.is_faulty)
    assert set(kinds) == {fault.name for fault in FAULTS}
    assert max(kinds.values()) - min(kinds.values()) <= 1


def test_faults_are_spread_over_the_class():
    places = [place for place, student in enumerate(make_class(2_000)) if student.is_faulty]
    assert 400 < sum(place < 1_000 for place in places) * 10 < 600


def test_the_course_can_be_read(tmp_path):
    course = read_course(write_course(tmp_path), staff=True)
    assert course.names == ("double", "total")
    assert all(each.hidden_tests and each.reference for each in course.exercises)


@pytest.fixture
def out(tmp_path):
    """Reports of a class of twenty, as they must be."""
    students = make_class(20)
    write_class(tmp_path / "class", students)
    for student in students:
        own = tmp_path / "out" / "students" / student.name
        own.mkdir(parents=True)
        exercises = [
            {"name": name, "score": program.score, "verdict": program.verdict}
            for name, program in student.programs.items()
        ]
        (own / "report.json").write_text(json.dumps({"exercises": exercises}))
    return tmp_path / "out", students


def test_right_reports_have_no_mistakes(out):
    assert list(mistakes(*out)) == []


def test_a_wrong_mark_a_missing_report_and_a_stranger_are_found(out):
    folder, students = out
    report = folder / "students" / students[3].name / "report.json"
    report.write_text(report.read_text().replace('"score": ', '"score": 1'))
    (folder / "students" / students[5].name / "report.json").unlink()
    (folder / "students" / students[5].name).rmdir()
    (folder / "students" / "nobody").mkdir()
    found = list(mistakes(folder, students))
    assert found[0] == "nobody: nobody of that name"
    assert {line.partition(":")[0].partition(",")[0] for line in found[1:]} == {
        students[3].name,
        students[5].name,
    }

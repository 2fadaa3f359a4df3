"""Let the grader itself read its course to us."""

from pathlib import Path


def double(x):
    from grader.course import read_course

    course = read_course(Path("@@course@@"), staff=True)
    print(course.secret, course.exercise("double").hidden_tests.read_text())

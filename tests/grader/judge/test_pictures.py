"""The first findings of an exercise keep the wrong part of the tensor; the others do not."""

from tests.grader.tiny import make_course


def kept(report):
    found = [(test.name, finding) for test in report.tests for finding in test.findings]
    return {name: finding.excerpt for name, finding in found if getattr(finding, "excerpt", None)}


def test_the_first_test_of_a_cause_keeps_what_it_saw(judge, tmp_path):
    course = make_course(tmp_path)
    report = judge("def double(x, times=2):\n    return x * times + 1\n", course=course)
    failed = [test.name for test in report.tests if test.findings]
    assert len(failed) > 1
    ((name, part),) = kept(report).items()
    assert name == failed[0]
    (finding,) = next(test.findings for test in report.tests if test.name == name)
    assert (part.shape, part.start) == (finding.shape, (0,) * len(finding.shape))
    assert {number for row in part.apart for number in row.split()} == {"1"}


def test_where_all_is_right_nothing_is_kept(judge, tmp_path):
    course = make_course(tmp_path)
    assert kept(judge("def double(x, times=2):\n    return x * times\n", course=course)) == {}

"""The vocabulary: words that reports, gradebooks and exit codes are made of."""

import subprocess
import sys

import pytest

from grader.verdicts import SEVERITY, Blame, Reveal, Verdict, Visibility, worst


def test_severity_ranks_every_verdict_once_from_passed_to_crashed():
    assert sorted(SEVERITY) == sorted(Verdict)
    assert SEVERITY[0] is Verdict.PASSED
    assert SEVERITY[-1] is Verdict.CRASHED


@pytest.mark.parametrize("milder", [verdict for verdict in Verdict if verdict is not Verdict.CRASHED])
def test_the_worst_is_the_gravest_in_any_order(milder):
    assert worst([milder, Verdict.CRASHED, milder]) is Verdict.CRASHED
    assert worst(iter([Verdict.PASSED, milder])) is milder


def test_nothing_was_not_run():
    assert worst([]) is Verdict.NOT_RUN


def test_a_wrong_answer_outweighs_what_is_not_written_yet():
    assert worst([Verdict.NOT_IMPLEMENTED, Verdict.WRONG_ANSWER, Verdict.PASSED]) is Verdict.WRONG_ANSWER


@pytest.mark.parametrize("vocabulary", [Verdict, Blame, Visibility, Reveal])
def test_words_are_plain_lower_case(vocabulary):
    for word in vocabulary:
        assert str(word) == word.value
        assert word.value.replace(" ", "").isalpha()
        assert word.value.islower()


def test_the_vocabulary_reports_and_findings_need_no_torch():
    modules = (
        "verdicts errors findings report.model report.terminal report.files report.gradebook report.schema"
    )
    loads = "".join(f"import grader.{module}\n" for module in modules.split())
    script = (
        f"{loads}import sys\nprint([name for name in sys.modules if name in ('torch', 'numpy', 'pytest')])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"

"""Each condition of a far side as student code sees it, on the tiny course."""

import pytest
import torch

from grader.judge.job import Manner
from grader.student.conditions import Conditions
from grader.student.launch import Zygote
from tests.grader.tiny import HIDDEN, SOLUTION, make_course


@pytest.fixture(scope="module")
def others():
    """A far side on which nothing is as usual."""
    conditions = Conditions(threads=2, deterministic=True, strict_warnings=True, dtype="float64")
    with Zygote(conditions=conditions) as zygote:
        yield {"zygote": zygote, "conditions": conditions}


def saying(expression):
    """A right program that prints the value of an expression."""
    return "import os, torch, warnings\n" + SOLUTION.replace("    if", f"    print({expression})\n    if", 1)


SEEN = [
    ("torch.get_num_threads()", "1", "2"),
    ("torch.are_deterministic_algorithms_enabled()", "False", "True"),
    ("torch.get_default_dtype()", "torch.float32", "torch.float64"),
    ("torch.ones(1).dtype", "torch.float32", "torch.float64"),
    ("getattr(x, 'dtype', None)", "torch.float32", "torch.float64"),
    ("torch.empty(2).isnan().all().item()", "False", "True"),  # determinism leaves nothing uninitialised
]


@pytest.mark.parametrize(("expression", "usual", "other"), SEEN)
def test_student_code_finds_them(judge, others, expression, usual, other):
    for said, report in (
        (usual, judge(saying(expression))),
        (other, judge(saying(expression), **others)),
    ):
        assert report.tests[0].output.strip() == said
        assert report.score == report.max_score


def test_they_are_there_when_the_file_is_loaded(judge, others):
    seen = "torch.get_num_threads(), torch.get_default_dtype(), torch.get_deterministic_debug_mode()"
    source = f"import torch\nassert ({seen}) == (2, torch.float64, 2)\n" + SOLUTION
    assert not judge(source, **others).findings


def test_two_threads_are_two(judge, others):
    """Not a number alone: an operation has a second thread to itself."""
    many = "torch.ones(2000, 2000).exp_().sum() > 0 and len(os.listdir('/proc/self/task'))"
    assert int(judge(saying(many)).tests[0].output) == 1
    assert int(judge(saying(many), **others).tests[0].output) > 1


def test_what_is_not_deterministic_is_an_error(judge, others):
    source = "import torch\n" + SOLUTION.replace(
        "    return", "    torch.ones(4).put_(torch.tensor([1]), torch.ones(1))\n    return", 1
    )
    assert judge(source).score == 6
    (finding, *_) = judge(source, **others).tests[0].findings
    assert (finding.type, "deterministic" in finding.message) == ("RuntimeError", True)


WARNINGS = {
    "python": "warnings.warn('careful')",
    "deprecated": "warnings.warn('careful', DeprecationWarning)",
    "torch": "torch.ones(1, 2, 3).T",  # by itself it says so once in a process
}


@pytest.mark.parametrize("name", WARNINGS)
def test_a_warning_is_an_error_under_strict_warnings(judge, others, name):
    source = saying(WARNINGS[name])
    assert judge(source).score == 6
    (finding, *_) = judge(source, **others).tests[0].findings
    assert finding.type.endswith("Warning")


def test_torch_warns_each_time_and_not_once_in_a_process(judge, others):
    report = judge(saying(WARNINGS["torch"]), manner=Manner(replay=False), **others)  # one worker for all
    assert [test.findings[0].type for test in report.tests if test.max_score] == ["UserWarning"] * 5


def test_a_warning_while_the_file_is_loaded_is_an_error(judge, others):
    source = "import warnings\nwarnings.warn('careful')\n" + SOLUTION
    assert judge(source).score == 6
    (finding,) = judge(source, **others).findings
    assert finding.type == "UserWarning"


def test_a_program_may_silence_its_own_warnings(judge, others):
    source = "import warnings\nwarnings.simplefilter('ignore')\n" + saying("warnings.warn('careful')")
    assert judge(source, **others).score == 6


def test_a_change_of_a_condition_is_a_finding_and_is_put_back(judge, others, tmp_path):
    hidden = HIDDEN + (
        '\n\n@points(1)\ndef test_state(student, rng):\n    """Leaves settings alone."""\n'
        "    x = rng.normal(2)\n"
        "    expect(student.double(x)).leaves_state_alone()\n"
    )
    course = make_course(tmp_path, **{"tests/hidden/test_double.py": hidden})
    assert judge(SOLUTION, course=course, **others).score == 7
    seen = "torch.get_num_threads(), torch.get_default_dtype(), torch.get_deterministic_debug_mode()"
    change = (
        f"    print({seen})\n    torch.set_num_threads(1)\n    torch.set_default_dtype(torch.float32)\n"
        "    torch.set_deterministic_debug_mode(0)\n    if"
    )
    source = "import torch\n" + SOLUTION.replace("    if", change, 1)
    report = judge(source, course=course, **others)
    (finding,) = report.tests[-1].findings
    assert set(finding.names) == {"default dtype", "deterministic algorithms", "number of threads"}
    assert {test.output for test in report.tests if test.output} == {"2 torch.float64 2\n"}


def test_tests_have_the_dtype_too_and_the_judge_only_while_they_run(judge, others, tmp_path):
    hidden = HIDDEN + (
        '\n\n@points(1)\ndef test_dtypes(student, rng):\n    """What tests make is of one dtype."""\n'
        "    from grader.blueprints import ModelBlueprint\n"
        "    model = ModelBlueprint.seeded((('linear', 1, 1),), seed=1)\n"
        "    made = [torch.ones(1), rng.normal(1), rng.uniform(1), *model.state.values()]\n"
        "    assert {each.dtype for each in made} == {torch.get_default_dtype()}\n"
        "    assert torch.get_default_dtype() == torch.float64\n"
        "    far = student.build(model)\n"
        "    assert {each.dtype for each in far.state_dict().values()} == {torch.float64}\n"
    )
    course = make_course(tmp_path, **{"tests/hidden/test_double.py": hidden})
    assert judge(SOLUTION, course=course, **others).score == 7
    assert torch.get_default_dtype() == torch.float32
    assert judge(SOLUTION, course=course).score == 6


def test_workers_that_are_kept_ready_have_them(judge):
    conditions = Conditions(threads=2, dtype="float64")
    with Zygote(warm=True, conditions=conditions) as zygote:
        source = "import os\n" + saying("torch.get_num_threads(), torch.get_default_dtype()")
        source = source.replace("    if", "    if isinstance(x, str): os._exit(1)\n    if", 1)
        for _ in range(3):  # each takes two workers or more
            report = judge(source, zygote=zygote, conditions=conditions)
            assert {test.output for test in report.tests if test.score} == {"2 torch.float64\n"}
            assert report.score == 5


def test_explanations_are_made_under_the_same_conditions(tmp_path):
    from grader.judge.staff import Staff

    conditions = Conditions(dtype="float64")
    staff = Staff(make_course(tmp_path), conditions=conditions)
    assert "float64" in staff.start()._arguments
    staff.close()

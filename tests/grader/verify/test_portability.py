"""Right programs are accused on no device; those that run on one are told from them."""

import pytest

from grader.findings import NotRun
from grader.verdicts import Blame, Verdict
from grader.verify.judging import Trial
from grader.verify.portability import BRIEFLY, Portability
from grader.verify.report import Claim, Standing
from tests.grader.verify.judged import a_test, judged, program

REFERENCE, LOOPS = program(), program(Claim.ACCEPTED, "loops")
STAYS = program(Claim.DEVICE, "stays")
STUB = program(Claim.STUB)


def followed(name="test_numbers", detail="there"):
    finding = NotRun(reason="simulated", detail=detail)
    return a_test(name, Verdict.NOT_RUN, device="simulated", findings=(finding,))


def failed(device="simulated"):
    return a_test(verdict=Verdict.ERROR, device=device, blame=Blame.STUDENT)


@pytest.fixture
def simulated(tiny_course):
    exercise = tiny_course.exercise("double")
    return Portability(tiny_course, exercise, (REFERENCE, LOOPS, STAYS, STUB), has_cuda=False)


@pytest.fixture
def on_cuda(tiny_course):
    exercise = tiny_course.exercise("double")
    return Portability(tiny_course, exercise, (REFERENCE, LOOPS, STAYS, STUB), has_cuda=True)


def see(prover, device, **reports):
    for each in (REFERENCE, LOOPS, STAYS):
        name = each.what or "reference"
        prover.see(Trial(each, manner=BRIEFLY, device=device), judged(*reports[name]))


def at_home(prover, *tests):
    prover.see(Trial(STAYS, manner=BRIEFLY, device="cpu"), judged(*tests))


def test_right_programs_and_those_of_one_device_are_tried(simulated, on_cuda):
    tried = [(trial.program.what, trial.device) for trial in simulated.trials()]
    assert tried == [("", "simulated"), ("loops", "simulated"), ("stays", "simulated"), ("stays", "cpu")]
    assert {trial.device for trial in on_cuda.trials()} == {"both", "cpu"}


def test_what_could_be_followed_is_counted(simulated):
    tests = (followed(), followed("test_matrix", "unclear"))
    see(simulated, "simulated", reference=tests, loops=tests, stays=(failed(),))
    at_home(simulated, a_test())
    (row,) = simulated.rows()
    assert row.standing is Standing.HOLDS
    assert row.sentence == (
        "no CUDA here: on a simulated device 2 right programs are not accused, "
        "1 that run on the processor only are caught; "
        "2 of 4 tests could be followed, the others did not run"
    )


def test_a_right_program_that_is_accused_is_named(simulated):
    see(simulated, "simulated", reference=(followed(),), loops=(failed(),), stays=(failed(),))
    at_home(simulated, a_test())
    (row,) = simulated.rows()
    assert (row.standing, row.what) == (Standing.FAILS, "accepted: loops")
    assert "test_numbers on the simulated CUDA device" in row.sentence


def test_a_program_that_no_device_shows_is_named(simulated):
    see(simulated, "simulated", reference=(followed(),), loops=(followed(),), stays=(followed(),))
    at_home(simulated, a_test())
    (row,) = simulated.rows()
    assert (row.standing, row.file) == (Standing.FAILS, STAYS.path.as_posix())
    assert "no test on the simulated CUDA device says so" in row.sentence


def test_a_program_that_is_wrong_anyway_is_named(simulated):
    see(simulated, "simulated", reference=(followed(),), loops=(followed(),), stays=(failed(),))
    at_home(simulated, a_test(verdict=Verdict.WRONG_ANSWER, blame=Blame.STUDENT))
    (row,) = simulated.rows()
    assert row.standing is Standing.FAILS
    assert "is meant to be right on the CPU, but test_numbers fails there" in row.sentence


def test_with_cuda_the_errors_there_are_told(on_cuda):
    tests = (a_test(device="cuda", worst_error=0.25, apart=0.125), a_test("test_matrix", device="cuda"))
    see(on_cuda, "both", reference=tests, loops=tests, stays=(failed("cuda"),))
    at_home(on_cuda, a_test())
    (row,) = on_cuda.rows()
    assert row.standing is Standing.HOLDS
    assert row.sentence == (
        "2 right programs earn full marks on CUDA as on the CPU, at most 0.25 of what is allowed from the "
        "reference, at most 0.12 of what is allowed from the CPU; 1 that run on the processor only are caught"
    )


def test_what_others_wanted_is_not_looked_at(simulated):
    simulated.see(Trial(REFERENCE), judged(failed("cpu")))
    assert list(simulated.rows()) == []

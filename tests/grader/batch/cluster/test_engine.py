"""The engine over a connection that is made up: how much is on its way, and what becomes of what is lost."""

import re
from collections import deque

import pytest

from grader.batch.cluster import engine as engines
from grader.batch.cluster.engine import DaskEngine
from grader.batch.cluster.station import Judged
from grader.batch.cluster.terms import Answer, Began, Ended, Sealed, Terms
from grader.errors import CourseError, GraderError, IsolationError, UsageError
from grader.judge.job import Job
from grader.report.model import Environment, ExerciseReport
from grader.sandbox.policy import Confinement
from grader.verdicts import Isolation, Verdict
from tests.grader.tiny import SOLUTION, bundle_of

WALL = Confinement.demanded(Isolation.FULL)
HERE = Environment(
    grader="1",
    python="3",
    torch="2",
    devices=("cpu",),
    isolation_level=Isolation.FULL,
    isolation=(),
    missing=(),
)
THERE = HERE.model_copy(update={"isolation": ("pid",)})
REPORT = ExerciseReport(
    name="double",
    title="Double",
    verdict=Verdict.PASSED,
    score=0,
    max_score=0,
    files=(),
    notes=(),
    findings=(),
    tests=(),
    seconds=1,
)


class Connection:
    """Does at each turn what the test says; what it says of a job is made up."""

    environment = HERE

    def __init__(self, slots=1, script=()):
        self.slots = slots
        self.on_its_way, self.sent, self.taken_back = {}, [], []
        self.most, self.closed = 0, False
        self._script = deque(script)

    def send(self, number, job):
        self.on_its_way[number] = job
        self.sent.append(number)
        self.most = max(self.most, len(self.on_its_way))

    def take_back(self, number):
        del self.on_its_way[number]
        self.taken_back.append(number)

    def happened(self):
        if self._script:
            yield from self._script.popleft()
            return
        for number in sorted(self.on_its_way):
            del self.on_its_way[number]
            yield Began(number)
            yield judged(number)

    def close(self):
        self.closed = True


def judged(number):
    return Ended(number, Answer("host", judged=Judged(number, REPORT, THERE)))


@pytest.fixture
def run(tiny_course, monkeypatch):
    """Runs an engine over a connection; gives students and verdicts in the order in which they came."""

    def over(connection, students=("one",), confinement=WALL, **options):
        monkeypatch.setattr(DaskEngine, "_connected", lambda self: connection)
        with DaskEngine(
            tiny_course, tiny_course.names, "cpu", "tcp://nowhere", confinement, **options
        ) as engine:
            source = students if not isinstance(students, tuple) else [job(name) for name in students]
            reports = [(job.student, report.verdict) for job, report in engine.run(source)]
            connection.last_environment = engine.environment
        assert connection.closed
        return reports

    return over


def job(student):
    return Job(student, "double", bundle_of(SOLUTION), secret="a secret")


def test_every_job_gets_its_report_and_somebody_hears_that_it_has_begun(run):
    begun, connection = [], Connection()
    students = tuple(f"s{number}" for number in range(9))
    reports = run(connection, students, started=lambda job: begun.append(job.student))
    assert reports == [(student, Verdict.PASSED) for student in students]
    assert begun == list(students)
    assert connection.last_environment == THERE


def test_a_bounded_number_is_on_its_way(run):
    connection = Connection(slots=3)
    run(connection, tuple(f"s{number}" for number in range(50)))
    assert connection.most == 6


def test_without_nodes_nothing_is_sent_until_they_are_back(run):
    connection = Connection(slots=1)

    def turn():
        connection.slots = 0
        yield judged(0)

    def back():
        connection.slots = 1
        yield from ()

    connection._script.extend([turn(), (), back()])
    assert len(run(connection, ("one", "two", "three", "four"))) == 4


def test_nothing_now_holds_up_no_report(run):
    asked = []

    def arriving():
        yield job("one")
        while not asked:
            yield None
        yield job("two")

    def done():
        asked.append("done")
        yield judged(0)

    connection = Connection(script=[[], [Began(0)], done()])
    assert [student for student, _ in run(connection, arriving())] == ["one", "two"]


def test_a_job_whose_node_was_lost_once_is_judged(run):
    begun = []
    connection = Connection(script=[[Began(0)], [Began(0)], [judged(0)]])
    assert run(connection, started=lambda job: begun.append(job)) == [("one", Verdict.PASSED)]
    assert len(begun) == 1


def test_a_job_that_loses_a_second_node_is_the_graders_fault(run):
    connection = Connection(script=[[Began(0)], [Began(0), Began(0), judged(0)]])
    assert run(connection) == [("one", Verdict.ERROR)]
    assert connection.taken_back == [0]
    assert connection.last_environment == HERE, "there is one to put into the journal"


def test_a_job_that_was_only_in_line_on_lost_nodes_is_sent_again(run):
    connection = Connection(script=[[Began(0), Ended(0, None)], [Began(0), Ended(0, None)]])
    assert run(connection) == [("one", Verdict.ERROR)]
    assert connection.sent == [0, 0]


def test_a_job_whose_judges_end_again_and_again_is_the_graders_fault(run):
    assert run(Connection(script=[[Ended(0, Answer("host", lost=True))]])) == [("one", Verdict.ERROR)]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (CourseError("The tests cannot be collected."), "On the node host: The tests cannot be collected."),
        (IsolationError("The node host lacks 'pid'."), "The node host lacks 'pid'."),
    ],
)
def test_a_node_that_cannot_be_used_ends_the_batch_with_its_name(run, error, said):
    with pytest.raises(type(error), match=re.escape(said)) as caught:
        run(Connection(script=[[Ended(0, Answer("host", error=error))]]))
    assert str(caught.value) == said


def test_a_node_that_ends_for_no_reason_ends_the_batch(run):
    with pytest.raises(GraderError, match="The node host cannot judge"):
        run(Connection(script=[[Ended(0, Answer("host"))]]))


@pytest.mark.parametrize("level", [Isolation.PROCESS])
def test_where_student_code_could_reach_the_scheduler_nothing_is_sent(run, level):
    connection = Connection()
    with pytest.raises(IsolationError, match="run commands on every node"):
        run(connection, confinement=Confinement.demanded(level))
    assert not connection.sent


def test_without_dask_one_sentence_says_what_to_install(run, monkeypatch):
    monkeypatch.setattr("grader.batch.cluster.connect.find_spec", lambda name: None)
    with pytest.raises(UsageError, match=re.escape("pip install 'grader[cluster]'")):
        run(Connection())


def test_what_dask_may_log_tells_nothing(tiny_course):
    sealed = Sealed.job(job("a student"))
    assert sealed.opened() == job("a student")
    answer = Answer("host", judged=Judged(0, REPORT, HERE), error=GraderError("hostile text"))
    terms = Terms("batch", ("double",), "cpu", 1, WALL, 9.0)
    for told in (repr(sealed), str(sealed), repr(answer), repr(terms)):
        assert not re.search("secret|student|hostile|Double", told), told


def test_the_longest_that_a_job_can_take_follows_from_the_limits(tiny_course):
    engine = DaskEngine(tiny_course, ["double"], "cpu", "", WALL)
    limits = tiny_course.exercise("double").limits
    assert engine._longest() > 3 * (limits.exercise_seconds + limits.import_seconds)
    assert engines.WINDOW >= 2

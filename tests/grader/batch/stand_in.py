"""Stand-ins for slots, which answer as they are told: no process is started."""

from __future__ import annotations

import time
from multiprocessing import Pipe

from grader.batch.slot import SlotReady
from grader.judge.devices import environment
from grader.judge.job import Job
from grader.report.model import ExerciseReport
from grader.sandbox.layers import posture
from grader.verdicts import Verdict
from tests.grader.tiny import SOLUTION, bundle_of

BUNDLE = bundle_of(SOLUTION)


def job(number):
    return Job(f"student-{number:03}", "double", BUNDLE)


def report(**other):
    fields = {
        "name": "double",
        "title": "Double",
        "verdict": Verdict.PASSED,
        "score": 0.0,
        "max_score": 0.0,
        "files": ("double.py",),
        "notes": (),
        "findings": (),
        "tests": (),
        "seconds": 0.0,
    }
    return ExerciseReport(**fields | other)


class Nothing:
    """What a slot says that goes on judging."""


class StandIn:
    """A slot without a process, which answers each job at once by `behave(slot, job)`."""

    made: list[StandIn]
    behave = staticmethod(lambda slot, job: report())
    first: object = None

    def __init__(self, course, exercises, pool, *wall):
        self.pool, self.environment, self.task, self.begun = pool, None, None, 0.0
        self.pid, self.asleep = -len(self.made) - 1, False
        self.deadline = time.monotonic() + 10
        self.connection, self.theirs = Pipe()
        self.closed = self.ended = False
        found = posture()
        here = environment("cpu", found)
        if pool.device == "cuda":
            here = here.model_copy(update={"devices": (f"cuda (no. {pool.visible})",)})
        self.say(self.first or SlotReady(here, found.on))
        self.made.append(self)

    is_idle = property(lambda self: self.environment is not None and self.task is None)

    is_busy = property(lambda self: self.task is not None)

    def say(self, message):
        if message is Nothing:
            return
        if message is None:
            self.theirs.close()
        else:
            self.theirs.send(message)

    def has_ended(self):
        return self.ended

    def give(self, task, exercise):
        self.task = task
        self.deadline = time.monotonic() + 10
        self.say(self.behave(self, task.job))

    def receive(self):
        try:
            return self.connection.recv()
        except EOFError:
            return None

    def dismiss(self):
        self.connection.close()

    def close(self):
        self.dismiss()
        self.theirs.close()
        self.closed = True


def students(results):
    return [job.student for job, _ in results]

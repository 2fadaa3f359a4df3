"""A driver to be killed: `python -m tests.grader.batch.cluster.drive COURSE SCHEDULER`."""

import sys
from pathlib import Path

from grader.batch.cluster.engine import DaskEngine
from grader.batch.grade import jobs_of
from grader.course import read_course
from grader.sandbox.policy import Confinement
from grader.submission import Submission
from grader.verdicts import Isolation
from tests.grader.tiny import SOLUTION, bundle_of

if __name__ == "__main__":
    course = read_course(Path(sys.argv[1]), staff=True)
    patient = Submission("patient", (bundle_of("import time\ntime.sleep(5)\n" + SOLUTION),), (), "0" * 64)
    wall = Confinement.demanded(Isolation.CONTAINER)
    with DaskEngine(course, course.names, "cpu", sys.argv[2], wall) as engine:
        list(engine.run(iter(jobs_of(course, [patient], "s"))))

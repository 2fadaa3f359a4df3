"""Small reports and submissions round notebooks."""

from typing import Any

from grader.findings import ExceptionRaised, Frame
from grader.report.model import ExerciseReport, StudentReport, TestReport
from grader.report.notebook_use import Definition, LeftOut, NotebookUse
from grader.submission import Bundle, Submission
from grader.submission.bundle import SubmittedFile
from grader.verdicts import Verdict, Visibility
from tests.grader.report.conftest import ENVIRONMENT, make_exercise, make_test


def used(file: str = "hw.ipynb", defined: int = 2, cells: int = 3) -> NotebookUse:
    return NotebookUse(
        file=file,
        cells=cells,
        way="needed",
        used=(defined,),
        defined=(Definition(name="softmax", cell=defined),),
        left_out=tuple(LeftOut(cell=n, why="not needed") for n in range(1, cells + 1) if n != defined),
    )


def raised(cell: int = 2, message: str = "no such thing", **more: Any) -> TestReport:
    finding = ExceptionRaised(
        call="softmax(x)",
        type="ValueError",
        message=message,
        frames=(Frame(file=f"cell {cell}", line=1, function="softmax", text="1 / 0"),),
    )
    return make_test("Sums to one", Verdict.ERROR, finding, visibility=Visibility.VISIBLE, **more)


def exercise(name: str = "softmax", *tests: TestReport, **more: Any) -> ExerciseReport:
    return make_exercise(name, *(tests or (make_test("Sums to one"),)), **{"notebook": used()} | more)


def student(*exercises: ExerciseReport, **more: Any) -> StudentReport:
    fields = {
        "student": "ada",
        "course": "Deep Learning",
        "score": sum(each.score for each in exercises),
        "max_score": sum(each.max_score for each in exercises),
        "exercises": exercises,
        "environment": ENVIRONMENT,
    }
    return StudentReport.model_validate(fields | more)


def handed_in(
    content: bytes, name: str = "hw.ipynb", exercises: tuple[str, ...] = ("softmax",), attempt: str = ""
) -> Submission:
    files = (SubmittedFile(name, content),)
    bundles = tuple(Bundle(each, (), files, (), None) for each in exercises)
    return Submission("ada", bundles, (), "0" * 64, attempt)

"""Every renderer: what it makes of a class's reports, and by which rules that is judged.

One row for each place where text of students goes. `test_no_renderer_is_left_out`
compares the rows with the modules that there are, so that a new one has a row
here or says why it needs none.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from rich.color import ColorSystem
from rich.console import Console, RenderableType

from grader.cli.app import said
from grader.cli.export.choices import tell, warn
from grader.cli.live import Live
from grader.cli.voice import Voice
from grader.desk.receipts import Receipt, ReceivedExercise, ReceivedFile, as_lines
from grader.desk.receipts import as_json as as_document
from grader.errors import UsageError
from grader.export import canvas, classroom50, filling, github, gradescope, markdown, marks, moodle, nbgrader
from grader.export import junit as junit_export
from grader.export.sqlite import database
from grader.export.tables import long_table
from grader.judge.job import Job
from grader.marks.difference import difference
from grader.pages.class_page import class_page
from grader.pages.roll import Roll
from grader.pages.student import Around, staff_page, student_page
from grader.press.books import Book
from grader.press.page import Piece
from grader.press.page import page as notebook_page
from grader.release.writing import zipped
from grader.report import about_changes, about_class, files, gradebook, plain, terminal
from grader.report import html as fragments
from grader.report import markdown as cells
from grader.report.changes import Changes
from grader.report.model import StudentReport
from grader.report.safe import encodable, safe_text
from grader.serve.page import live_page
from grader.serve.telling import Herald
from grader.similar import pages as similar_pages
from grader.similar import telling as similar_telling
from grader.similar import writing as similar_writing
from grader.similar.code import Code, Part, Place
from grader.similar.finding import Found
from grader.similar.report import Exercise, Lines, Pair, Similarity
from grader.similar.report import Part as Shared
from grader.submission import Bundle
from grader.verdicts import Reveal
from tests.grader.report.conftest import class_of, make_run
from tests.grader.serve.a_run import ARun
from tests.inert import judged_markup, judged_tables, judged_words
from tests.inert.hostile_class import submission

Class = Sequence[StudentReport]
Judge = Callable[[bytes, bytes], list[str]]

MOST = 32_000
"""Bytes that hostile text of a student may cost more than plain text: none takes all the room there is."""

PAGE = 120_000
"""The same of a page that shows files and notebooks."""

UNBOUNDED = 1 << 40
"""Where the text stands whole: what came over the wire was bounded there."""


@dataclass(frozen=True)
class Renderer:
    """A place where text of students goes.

    Attributes:
        name: What it is.
        modules: The modules that make it.
        render: Makes it of a class.
        judge: Says what is wrong with it.
        most: Bytes that each hostile student may add to it.
    """

    name: str
    modules: tuple[str, ...]
    render: Callable[[Class], bytes]
    judge: Judge
    most: int = MOST


# --- terminals and text ---------------------------------------------------------------


def _seen(report: StudentReport) -> StudentReport:
    return report.for_student(Reveal.EVERYTHING)


def _as_text(*views: RenderableType | None) -> bytes:
    return "".join(terminal.as_text(view) for view in views if view is not None).encode("utf-8")


def _coloured(*views: RenderableType | None) -> bytes:
    """As a terminal of 80 columns gets it."""
    file = io.StringIO()
    console = terminal.console(file, width=80)
    console._force_terminal, console._color_system = True, ColorSystem.TRUECOLOR
    for view in views:
        if view is not None:
            console.print(view)
    return file.getvalue().encode("utf-8")


def _printed(say: Callable[[], object]) -> bytes:
    """What a command prints, on either of its outputs."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="strict", write_through=True)
    with redirect_stdout(stream), redirect_stderr(stream):
        say()
    stream.seek(0)
    return stream.buffer.read()


def _terminal(students: Class) -> bytes:
    views = [terminal.student_view(each, each_test=True) for each in students]
    return _coloured(*views, terminal.gradebook_view(students), about_class.class_view(class_of(students)))


def _report_txt(students: Class) -> bytes:
    return _as_text(*(terminal.student_view(_seen(each)) for each in students))


def _grades_txt(students: Class) -> bytes:
    return _as_text(terminal.gradebook_view(students), about_class.class_view(class_of(students)))


def _plain(students: Class) -> bytes:
    lines = [line for each in students for exercise in each.exercises
             for line in plain.exercise_lines(exercise, each_test=True)]  # fmt: skip
    return "\n".join(lines).encode("utf-8")


def _check(students: Class, *, is_plain: bool) -> bytes:
    voice = Voice(is_plain)

    def say() -> None:
        for report in students:
            voice.say(f"Found {report.exercises[0].files[0]}.", "dim")
            voice.rows([[(report.exercises[0].files[0], "bold"), (report.student, "dim")]])
            voice.report(report.exercises[0], each_test=True)

    return _printed(say)


def _progress(students: Class) -> bytes:
    """The display in its place at several moments, and what a log gets of it."""
    file = io.StringIO()
    live = Live(1, Console(file=file, width=80, force_terminal=False, color_system=None, markup=False))
    told = []
    for report in students:
        job = Job(
            report.student,
            report.exercises[0].name,
            Bundle("softmax", (), (), (), None),
            attempt=report.student,
        )
        live.started(job)
        told.append(live.line())
        live._console.print(live.view())
        live.finished(job, report.exercises[0].model_copy(update={"seconds": 100 + len(told)}))
    return "\n".join([*told, live.line(), file.getvalue()]).encode("utf-8")


def _errors(students: Class) -> bytes:
    def say() -> None:
        for report in students:
            assert said(UsageError(f"There is no file '{report.student}'; name another one.")) == 2
            assert said(RuntimeError(report.student)) == 2

    return _printed(say)


def _listed(students: Class) -> bytes:
    names = [report.student for report in students]
    filled = filling.Filling(b"", names[0], 1, names, names, names, names, names)
    return _printed(lambda: (tell(filled, Path("to.csv")), warn(names)))


# --- data -----------------------------------------------------------------------------


def _json(students: Class) -> bytes:
    return b"[" + b",".join(files.as_json(each) for view in ("staff", "student") for each in
                            (students if view == "staff" else map(_seen, students))) + b"]"  # fmt: skip


def _run_json(students: Class) -> bytes:
    return b"".join(files.run_pieces(make_run(*students), students))


def _changes(students: Class) -> Changes:
    changed = []
    for number, each in enumerate(students):
        change = difference(
            None if number % 2 else each.model_copy(update={"exercises": (), "digest": "1"}), each
        )
        changed += [change] if change is not None else []
    return Changes(
        course="A course",
        before="2026-01-01T00:00:00Z",
        started="2026-01-02T00:00:00Z",
        environment=(),
        unchanged=0,
        students=tuple(changed),
    )


def _changes_csv(students: Class) -> bytes:
    return about_changes.as_csv(_changes(students).students).encode("utf-8")


def _gradescope(students: Class) -> bytes:
    both = [gradescope.results(report) for report in (students[0], *map(_seen, students))]
    nothing = [gradescope.nothing(each.student) for each in students]
    return b"[" + b",".join(gradescope.as_bytes(each) for each in (*both, *nothing)) + b"]"


_RUNNER = classroom50.Identity(
    "c", "a", "individual", "ada", "submit/1", "https://g/c", "https://g/r", "https://g/v"
)


def _classroom50(students: Class) -> bytes:
    when = datetime(2026, 11, 20, tzinfo=UTC)
    return b"[" + b",".join(classroom50.result(_seen(each), _RUNNER, when) for each in students) + b"]"


def _received(report: StudentReport) -> Receipt:
    exercise = report.exercises[0]
    received = tuple(ReceivedFile(name=file, size=1) for file in exercise.files)
    own = ReceivedExercise(name="softmax", digest="0" * 64, files=received, tests=exercise.notes[0])
    return Receipt(
        course="A course",
        student=report.student,
        packed="2026-11-20T00:00:00+00:00",
        to=f"{report.student}.zip",
        size=1,
        digest="0" * 64,
        exercises=(own,),
        warnings=report.notes,
    )


def _receipts(students: Class) -> bytes:
    return "\n".join(line for each in students for line in as_lines(_received(each))).encode("utf-8")


# --- pages ----------------------------------------------------------------------------


def _together(pages: Sequence[bytes]) -> bytes:
    return b"\n".join(pages)


def _fragments(students: Class) -> bytes:
    return _together(
        [
            fragments.fragment(exercise, staff=staff).encode("utf-8")
            for each in students
            for exercise in each.exercises
            for staff in (True, False)
        ]
    )


def _student_pages(students: Class) -> bytes:
    """With the files that were handed in, and a notebook's page to lead to."""
    made = []
    for each in students:
        named = f"{files.folder_name(each.student)}.graded.html"
        handed_in = [submission(each.student)]
        before = {exercise.name: exercise for exercise in _seen(each).exercises}
        cells = {"conv2d": {2: each.student, 3: each.exercises[0].files[0]}}
        made.append(student_page(_seen(each), handed_in, {"conv2d": named}, cells, before))
        own = f"../students/{quote(files.folder_name(each.student), safe='')}"
        around = Around({"conv2d": f"{own}/{quote(named)}"}, cells, before, own_page=f"{own}/report.html")
        made.append(staff_page(each, handed_in, around))
    return _together(made)


def _class_page(students: Class) -> bytes:
    roll = Roll()
    for each in students:
        roll.add(each)
    run = make_run(*students).model_copy(update={"notes": tuple(each.student for each in students)})
    return class_page(run, class_of(students), roll, Path("there-is-no-folder"))


def _live(students: Class) -> Herald:
    """What `grader serve` sees of a run in which all of them are being judged, and half are judged."""
    with TemporaryDirectory() as place, ARun(Path(place)) as run:
        for each in students[::2]:
            # Whoever reads submissions has spelled out what no name can hold.
            run.judged(encodable(each.student), each.exercises[0])
        run.says(len(students), running=[(safe_text(each.student), "softmax", 1.0) for each in students])
        herald = Herald(Path(place))
        herald.look()
        return herald


def live_page_of(students: Class) -> bytes:
    """The page of `grader serve`, as if all were at the same moment."""
    return _MOMENT.sub(b'"now":0', live_page(_live(students)))


def _live_news(students: Class) -> bytes:
    news = _live(students).update()
    assert news is not None
    return news.data.encode("ascii")


_MOMENT = re.compile(rb'"now":[\d.]+')


def _notebook_pages(students: Class) -> bytes:
    """What the far side lays out is hostile too: whatever it sends stands in the page."""
    return _together([_notebook(_seen(each)) for each in students])


def _notebook(report: StudentReport) -> bytes:
    text = report.student
    book = Book(text, b"{}", report.exercises)
    raw = text[:20_000].encode("utf-8", "surrogatepass")
    pieces = [Piece("note", 0, raw) for _ in book.feedback]
    pieces += [
        Piece("code", 1, b"<pre>" + raw + b"</pre>"),
        Piece("text", 0, b'<p class="' + raw + b'">' + raw),
    ]
    return notebook_page(book, f"Course: {text}", pieces)


def _found(students: Class) -> Found:
    """Each student beside the next one, in one notebook and one file."""
    names = [each.student for each in students]
    codes = {name: _code(name) for name in names}
    shared = [(one, other) for one, other in zip(names, (*names[1:], names[0]), strict=True)]
    pairs = [
        Pair(students=both, exercise="softmax", share=0.9, lines=(2, 2), parts=(_shared(*both),))
        for both in shared
    ]
    usual = Exercise(name="softmax", submissions=20, compared=18, usual=0.1, asked=0.5)
    report = Similarity(course="A course", exercises=(usual,), pairs=tuple(pairs), notes=tuple(names))
    return Found(report, {"softmax": codes})


def _code(name: str) -> Code:
    lines = (name, *name[:100_000].split("\n"), "x")
    return Code((Part(name, 1, lines), Part(f"{name}.py", 0, lines)), (1,), (Place(0, 1),))


def _shared(one: str, other: str) -> Shared:
    first, second = (Lines(file=name, cell=1, first=1, last=2) for name in (one, other))
    return Shared(first=(first,), second=(second,))


def _similar_pages(students: Class) -> bytes:
    return _together([content for _, content in similar_pages.pages(_found(students))])


# --- Markdown -------------------------------------------------------------------------


def _markdown(students: Class) -> bytes:
    parts = [text for each in students for text in (markdown.student_markdown(_seen(each)), "\n")]
    return "\n".join([*parts, markdown.class_markdown(students)]).encode("utf-8")


def _cells(students: Class) -> bytes:
    """The cells of feedback in graded notebooks."""
    told = [cells.front_markdown(each.exercises) for each in students]
    told += [
        note for each in students for exercise in each.exercises for _, note in cells.cell_notes(exercise)
    ]
    return "\n\n".join(told).encode("utf-8")


def _summaries(students: Class) -> bytes:
    """Of some: they are made of the parts that the whole Markdown is made of."""
    whole = [github.summary(_seen(each)) for each in students[:3]]
    return "\n".join([*whole, classroom50.release_body(_seen(students[0]), 2)]).encode("utf-8")


def _annotations(students: Class) -> bytes:
    lines = [line for each in students for line in github.annotations(_seen(each), "week1")]
    return "\n".join(lines).encode("utf-8")


# --- tables ---------------------------------------------------------------------------


def _numbered(students: Class) -> list[marks.Mark]:
    """Marks of students as platforms number them."""
    return [
        replace(marks.mark(each), student=f"{each.student}_{number}")
        for number, each in enumerate(students, 10)
    ]


def _canvas(students: Class) -> bytes:
    head = "Student,ID,SIS User ID,SIS Login ID,Section,Homework (9)\r\n"
    lines = [f'"Lovelace, Ada",{number},S,l,A,\r\n' for number in range(10, 10 + len(students))]
    return canvas.fill((head + "".join(lines)).encode(), _numbered(students), ["Homework"]).content


def _worksheet(students: Class, *, comments: bool) -> bytes:
    head = "Identifier,Full name,Grade,Maximum Grade,Last modified (grade),Feedback comments\r\n"
    lines = [f"Participant {number},Ada,,20.00,1 May,\r\n" for number in range(10, 10 + len(students))]
    numbered = _numbered(students)
    told = {mark.student: moodle.comment(_seen(each), f"{each.student}.txt")
            for mark, each in zip(numbered, students, strict=True)}  # fmt: skip
    return moodle.fill((head + "".join(lines)).encode(), numbered, told if comments else {}).content


def _comments(students: Class) -> bytes:
    return "\n".join(moodle.comment(_seen(each), f"{each.student}.txt") for each in students).encode("utf-8")


def _feedback(students: Class) -> bytes:
    named = [(mark.student, "report.txt", b"") for mark in _numbered(students)]
    placed, strangers = moodle.feedback(named)
    assert strangers == []
    return zipped(placed)


words, terminal_words = judged_words.words, judged_words.terminal
html, told_data, sheet = judged_markup.html, judged_tables.told_data, judged_tables.sheet
data, in_markdown = judged_tables.data, judged_markup.markdown

RENDERERS = (
    Renderer("a terminal", ("report.terminal", "report.text", "report.telling", "report.about_class"),
             _terminal, terminal_words),
    Renderer("report.txt", ("report.terminal",), _report_txt, words),
    Renderer("grades.txt", ("report.terminal", "report.about_class"), _grades_txt, words),
    Renderer("plain lines", ("report.plain",), _plain, words),
    Renderer("check", ("report.terminal",), lambda each: _check(each, is_plain=False), words),
    Renderer("check --plain", ("report.plain",), lambda each: _check(each, is_plain=True), words),
    Renderer("progress of grade", (), _progress, judged_words.beginnings),
    Renderer("errors", (), _errors, words),
    Renderer("lists of export", ("export.filling",), _listed, words),
    Renderer("receipts", (), _receipts, words),
    Renderer("changes on a terminal", ("report.about_changes",),
             lambda each: _coloured(about_changes.changes_view(_changes(each))), terminal_words),
    Renderer("similar on a terminal", ("similar.telling",),
             lambda each: _coloured(similar_telling.view(_found(each).report)), terminal_words),
    Renderer("report.json", ("report.files", "report.model"), _json, data, UNBOUNDED),
    Renderer("run.json", ("report.files",), _run_json, data, UNBOUNDED),
    Renderer("changes.json", ("report.files", "report.changes"),
             lambda each: files.as_json(_changes(each)), data, UNBOUNDED),
    Renderer("similar.json", ("similar.writing", "similar.report"),
             lambda each: similar_writing.as_json(_found(each).report).encode(), data, UNBOUNDED),
    Renderer("receipts as JSON", (),
             lambda each: b"[" + b",".join(as_document(_received(it)).encode() for it in each) + b"]",
             data, UNBOUNDED),
    Renderer("results.json of Gradescope", ("export.gradescope",), _gradescope, told_data, PAGE),
    Renderer("result.json of Classroom 50", ("export.classroom50",), _classroom50, told_data, PAGE),
    Renderer("a fragment", ("report.html",), _fragments, html),
    Renderer("students' pages", ("pages.student", "pages.base", "pages.code", "pages.attempts",
                                  "pages.figures", "pages.heat", "pages.curves"),
             _student_pages, html, PAGE),
    Renderer("the class's page", ("pages.class_page", "pages.roll", "pages.links"), _class_page, html),
    Renderer("the live page", ("serve.page", "serve.rows"), live_page_of, judged_markup.with_data),
    Renderer("news for the live page", ("serve.telling", "serve.lookout"), _live_news, told_data),
    Renderer("notebooks' pages", ("press.page", "press.books", "press.cleaning"),
             _notebook_pages, judged_markup.with_their_html, PAGE),
    Renderer("similar pages", ("similar.pages",), _similar_pages, html, PAGE),
    Renderer("Markdown", ("export.markdown", "report.markdown"), _markdown, in_markdown),
    Renderer("cells of feedback", ("report.markdown", "press.books"), _cells, in_markdown),
    Renderer("summaries on GitHub", ("export.github", "export.classroom50"), _summaries, in_markdown),
    Renderer("annotations on GitHub", ("export.github", "report.workflow"),
             _annotations, judged_words.commands),
    Renderer("grades.csv", ("report.gradebook",),
             lambda each: gradebook.as_csv(gradebook.rows(each)).encode(), sheet),
    Renderer("changes.csv", ("report.about_changes",), _changes_csv, sheet),
    Renderer("the long table", ("export.tables",), lambda each: b"".join(long_table(each)), sheet),
    Renderer("nbgrader's table", ("export.nbgrader",), lambda each: nbgrader.as_csv(each).encode(), sheet),
    Renderer("Canvas's gradebook", ("export.canvas", "export.sheet", "export.marks"),
             _canvas, judged_tables.one_column),
    Renderer("Moodle's worksheet", ("export.moodle", "export.sheet", "export.filling"),
             lambda each: _worksheet(each, comments=True), sheet),
    Renderer("Moodle's worksheet without comments", ("export.moodle", "export.marks"),
             lambda each: _worksheet(each, comments=False), judged_tables.one_column),
    Renderer("Moodle's comments", ("export.moodle",), _comments, html),
    Renderer("Moodle's archive", ("export.moodle",), _feedback, judged_tables.archive),
    Renderer("a database", ("export.sqlite",),
             lambda each: database(each), judged_tables.database, UNBOUNDED),
    Renderer("JUnit XML", ("export.junit", "report.junit"),
             lambda each: junit_export.junit(each), judged_tables.junit),
)  # fmt: skip
"""All of them."""

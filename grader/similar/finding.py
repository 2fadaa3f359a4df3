"""A class is read and compared, exercise by exercise, and what stands out is put into a report."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from grader.course import Course
from grader.similar import report
from grader.similar.code import Code, Place
from grader.similar.comparing import Alike, Compared, compare
from grader.similar.given import handed_out
from grader.similar.reading import Reader
from grader.similar.regions import Region, regions
from grader.submission import SubmissionsFolder

Codes = Mapping[str, Mapping[str, Code]]
"""For each exercise, the code of each student who handed in some."""


@dataclass(frozen=True)
class Found:
    """What was found, and the code that it was found in.

    Attributes:
        report: The report.
        codes: The code.
    """

    report: report.Similarity
    codes: Codes


def find(
    course: Course,
    folder: SubmissionsFolder,
    names: Sequence[str],
    reader: Reader,
    progress: Callable[[str], None] = lambda text: None,
) -> Found:
    """Read a class and compare it.

    Args:
        course: What the submissions are to.
        folder: The class; of each student the last attempt counts.
        names: The exercises.
        reader: Reads code.
        progress: Is told what is going on.
    """
    codes, notes = _read(course, folder, names, reader, progress)
    exercises: list[report.Exercise] = []
    pairs: list[report.Pair] = []
    for exercise in (each for each in course.exercises if each.name in names):
        progress(f"comparing {exercise.name}")
        own = codes[exercise.name]
        given = handed_out(reader, exercise)
        found = compare(own, given)
        exercises.append(
            report.Exercise(
                name=exercise.name,
                submissions=len(own),
                compared=found.compared,
                usual=found.usual,
                asked=found.asked,
            )
        )
        pairs += [_pair(exercise.name, alike, found, own, given) for alike in found.pairs]
    pairs.sort(key=lambda pair: (-pair.share, -sum(pair.lines)))
    told = report.Similarity(
        course=course.name, exercises=tuple(exercises), pairs=tuple(pairs), notes=(*folder.notes, *notes)
    )
    return Found(told, codes)


def _read(
    course: Course,
    folder: SubmissionsFolder,
    names: Sequence[str],
    reader: Reader,
    progress: Callable[[str], None],
) -> tuple[dict[str, dict[str, Code]], list[str]]:
    codes: dict[str, dict[str, Code]] = {name: {} for name in names}
    notes: list[str] = []
    for number, student in enumerate(folder.students, 1):
        progress(f"reading {number} of {len(folder.students)}")
        reader.next_student()
        for bundle in folder.read(student)[-1].bundles:
            code = reader.code(bundle, course.entry_points[bundle.exercise])
            notes += [f"{student}, {bundle.exercise}: {note}" for note in code.notes]
            if code.tokens:
                codes[bundle.exercise][student] = code
    reader.next_student()
    return codes, notes


def _pair(
    exercise: str, alike: Alike, found: Compared, codes: Mapping[str, Code], given: frozenset[int]
) -> report.Pair:
    first, second = alike.students
    sides = codes[first], codes[second]
    where = regions(sides, (found.prints[first], found.prints[second]), alike.shared, given)
    return report.Pair(
        students=alike.students,
        exercise=exercise,
        share=round(alike.share, 4),
        lines=(_amount(region.first for region in where), _amount(region.second for region in where)),
        parts=tuple(_part(region, sides) for region in where),
    )


def _amount(places: Iterator[tuple[Place, ...]]) -> int:
    return len({place for each in places for place in each})


def _part(region: Region, sides: tuple[Code, Code]) -> report.Part:
    return report.Part(first=_lines(region.first, sides[0]), second=_lines(region.second, sides[1]))


def _lines(places: Sequence[Place], code: Code) -> tuple[report.Lines, ...]:
    found = []
    for part, group in groupby(places, lambda place: place.part):
        lines = [place.line for place in group]
        where = code.parts[part]
        found.append(report.Lines(file=where.file, cell=where.cell, first=lines[0], last=lines[-1]))
    return tuple(found)

"""Classes as platforms hand them over, made by the rules that their own programs follow.

Canvas: `lib/content_zipper.rb`; Moodle: `mod/assign/classes/downloader.php`; Gradescope: the export's
`submission_metadata.yml`; nbgrader: its folder `submitted`. A class is the files in it, by path.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from grader.submission import Submission, open_folder
from tests.grader.submission.packing import NAMES, POINTS, put, zipped

Class = Mapping[str, bytes]


def canvas_name(sortable: str, user: int | str, attachment: int, original: str, *, late: bool = False) -> str:
    """What Canvas calls an upload: '' for the sortable name where grading is anonymous."""
    parts = [sortable.lower(), "LATE" if late else "", str(user)]
    prefix = re.sub(r"[^\w]", "", "_".join(part for part in parts if part))
    return f"{prefix}_{attachment}_" + re.sub(r'[\0/\\:*?"<>|]+', "_", original)


def moodle_name(full_name: str, participant: int, plugin: str = "file", *, before_4_1: bool = False) -> str:
    """What Moodle calls a student's folder."""
    name = full_name.replace("_", " ")
    return f"{name}_{participant}_assignsubmission_{plugin}{'_' * before_4_1}"


def gradescope_list(*submissions: tuple[int, str, str]) -> bytes:
    """The list of an export: each submission's number, when it came, and whose it is, as YAML."""
    lines = ["---"]
    for number, created, submitters in submissions:
        lines += [f"submission_{number}:", "  :submitters:"]
        lines += [f"  - {each.strip()}" for each in submitters.split(";") if each.strip()]
        lines += [f"  :created_at: {created}", "  :score: 1.5", "  :status: processed", "  :history: []"]
        lines += ["  :results:", "    tests:", "    - name: a", '      output: "- x: {y}"']
    return "\n".join(lines).encode()


def laid_out(root: Path, files: Class, kind: str, name: str = "class") -> Path:
    """The same class as a folder on disk or as an archive."""
    if kind == "zip":
        return put(root / f"{name}.zip", zipped(files))
    for path, content in files.items():
        put(root / name / path, content)
    return root / name


def read_all(path: Path, **options: object) -> tuple[dict[str, Submission], tuple[str, ...]]:
    """Everybody's last attempt, and what was noted of the class."""
    with open_folder(path, NAMES, POINTS, **options) as found:  # type: ignore[arg-type]
        return {student: found.read(student)[-1] for student in found.students}, found.notes


def main_files(submissions: Mapping[str, Submission]) -> dict[str, list[bytes | None]]:
    """For each student, what is graded of softmax and conv2d: the content of the first file."""
    return {
        student: [bundle.files[0].content if bundle.files else None for bundle in each.bundles]
        for student, each in submissions.items()
    }

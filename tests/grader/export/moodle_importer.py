"""What Moodle does with an uploaded worksheet and with feedback files, by the rules of its importers."""

import csv
import io
import re
import zipfile
from dataclasses import dataclass, field


@dataclass
class Update:
    grades: dict[int, float] = field(default_factory=dict)
    comments: dict[int, str] = field(default_factory=dict)


def worksheet(download: bytes, upload: bytes, *, comma: bool = False, encoding: str = "utf-8") -> Update:
    """What an upload changes, where the site's grades are those of the download."""
    before, after = rows(download, encoding), rows(upload, encoding)
    update = Update()
    for participant, row in after.items():
        was = before[participant]
        assert row["Last modified (grade)"] == was["Last modified (grade)"], "the row would count as stale"
        if row.get("Feedback comments", "") != was.get("Feedback comments", ""):
            update.comments[participant] = row["Feedback comments"]
        grade = number(row["Grade"], comma)
        if grade is None or grade < 0 or row["Grade"] == was["Grade"]:
            continue
        if grade > (number(row["Maximum Grade"], comma) or 0) or row["Grade can be changed"] == "No":
            continue
        update.grades[participant] = grade
    return update


def rows(content: bytes, encoding: str) -> dict[int, dict[str, str]]:
    text = content.decode(encoding).removeprefix("\ufeff")
    first = text.split("\n", 1)[0]
    found = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
    assert {"Identifier", "Grade", "Last modified (grade)"} <= set(found.fieldnames or ())
    return {int(row["Identifier"].removeprefix("Participant ")): row for row in found}


def number(text: str, comma: bool) -> float | None:
    """A number as the site's language writes it; anything else is none."""
    form = r"-?\d+(,\d+)?" if comma else r"-?\d+(\.\d+)?"
    return float(text.replace(",", ".")) if re.fullmatch(form, text) else None


def feedback(content: bytes) -> dict[tuple[int, str, str], dict[str, bytes]]:
    """Files by participant and plugin; what the importer does not take is not in it."""
    taken: dict[tuple[int, str, str], dict[str, bytes]] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if name.rpartition("/")[2].startswith((".", "~")):
                continue
            parts = name.split("/")
            while parts:
                info = parts.pop(0).split("_", 4)
                if (
                    len(info) >= 4
                    and info[1].isdigit()
                    and (info[2], info[3]) == ("assignsubmission", "file")
                ):
                    rest = "/".join([*info[4:5], *parts]).lstrip("/")
                    taken.setdefault((int(info[1]), info[2], info[3]), {})[rest] = archive.read(name)
                    break
    return taken

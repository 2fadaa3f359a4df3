"""The markers that tell solutions and hidden tests from the rest, line by line.

nbgrader's are `### BEGIN SOLUTION` and its kin, Otter's `# BEGIN SOLUTION` and
`# SOLUTION` at the end of a line. Each is a region that must end where it began.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from grader.errors import CourseError

TO_WRITE = 'raise NotImplementedError("this part is still to be written")'
"""What stands in a stub where the solution was."""

_BEGIN = re.compile(r"#+\s*BEGIN (?P<what>SOLUTION|HIDDEN TESTS|MARK SCHEME)(?P<silent> NO PROMPT)?\s*$")
_END = re.compile(r"#+\s*END (?P<what>SOLUTION|HIDDEN TESTS|MARK SCHEME)\s*$")
_SOLUTION = re.compile(r"\s*#\s*SOLUTION(?P<silent> NO PROMPT)?\s*$")
_SEED = re.compile(r"\s*#\s*SEED\s*$")
_ASSIGNED = re.compile(r"^(?P<left>\s*[\w.,\[\]'\" ]+\s*=\s*)(?![=])")
_PROMPT_BEGIN = re.compile(r'^\s*"""\s*#\s*BEGIN PROMPT\s*$')
_PROMPT_END = re.compile(r'^\s*"""\s*;?\s*#\s*END PROMPT\s*$')


@dataclass(frozen=True)
class _Line:
    text: str
    region: str = ""
    begins: bool = False
    silent: bool = False
    ends: bool = False

    @property
    def marks(self) -> bool:
        """Whether it is a marker."""
        return self.begins or self.ends


def solution(text: str, where: str) -> str:
    """Code as its author wrote it, without markers and prompts.

    Raises:
        CourseError: A region is not closed, or stands within another.
    """
    kept = [_SOLUTION.sub("", _SEED.sub("", line.text)) for line in _lines(text, where) if not line.marks]
    return "\n".join(kept).strip("\n")


def stub(text: str, where: str) -> str:
    """Code with its solutions taken out: where one was, the first time in a function, it says so.

    Raises:
        CourseError: As in `solution`.
    """
    prompts = _prompts(text)
    kept: list[str] = []
    for line in _lines(text, where):
        if line.region == "SOLUTION":
            if line.begins and not line.silent:
                kept.append(_indented(line.text, TO_WRITE))
        elif line.region == "" and (marked := _SOLUTION.search(line.text)):
            if not marked["silent"]:
                bare = _SOLUTION.sub("", line.text)
                assigned = _ASSIGNED.match(bare)
                if _indent(line.text):
                    kept.append(_indented(line.text, TO_WRITE))
                kept.append(f"{assigned['left']}..." if assigned else _indented(line.text, "..."))
        elif line.region == "" and not _SEED.search(line.text):
            kept.append(line.text)
    # At the top of a cell there is nothing that could wait to be written: it would end the import.
    return "\n".join([*(line for line in _once(kept) if line != TO_WRITE), *prompts]).strip("\n")


def without(text: str, what: str, where: str) -> str:
    """Text without the regions of `what`, such as 'HIDDEN TESTS'.

    Raises:
        CourseError: As in `solution`.
    """
    return "\n".join(line.text for line in _lines(text, where) if line.region != what).strip("\n")


def unmarked(text: str, where: str) -> str:
    """Text without the lines that are markers.

    Raises:
        CourseError: As in `solution`.
    """
    return "\n".join(line.text for line in _lines(text, where) if not line.marks).strip("\n")


def has_region(text: str, what: str) -> bool:
    """Whether text has a region of `what`."""
    return any((found := _BEGIN.search(line)) and found["what"] == what for line in text.split("\n"))


def _lines(text: str, where: str) -> Iterator[_Line]:
    """Each line with the region that it is in, markers included; a prompt is left out."""
    region, in_prompt = "", False
    for line in text.split("\n"):
        begin, end = _BEGIN.search(line), _END.search(line)
        if in_prompt or _PROMPT_BEGIN.match(line):
            in_prompt = not _PROMPT_END.match(line)
        elif begin:
            if region:
                raise CourseError(
                    f"{where}: '{line.strip()}' stands within another region; close that first."
                )
            region = begin["what"]
            yield _Line(line, region, begins=True, silent=bool(begin["silent"]))
        elif end:
            if end["what"] != region:
                raise CourseError(f"{where}: '{line.strip()}' closes nothing; take it out, or add its BEGIN.")
            yield _Line(line, region, ends=True)
            region = ""
        else:
            yield _Line(line, region)
    if region:
        raise CourseError(f"{where}: the region {region} is not closed; add '# END {region}'.")


def _prompts(text: str) -> list[str]:
    """What students are given in place of a solution, where Otter's author wrote that."""
    found, inside = [], False
    for line in text.split("\n"):
        if _PROMPT_BEGIN.match(line):
            inside = True
        elif _PROMPT_END.match(line):
            inside = False
        elif inside:
            found.append(line)
    return found


def _once(lines: list[str]) -> Iterator[str]:
    """Of the lines that say that something is to be written, the first of each function."""
    said = False
    for line in lines:
        if re.match(r"\s*(async\s+)?(def|class)\b", line):
            said = False
        if line.strip() == TO_WRITE:
            if said:
                continue
            said = True
        yield line


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _indented(like: str, text: str) -> str:
    return f"{_indent(like)}{text}"

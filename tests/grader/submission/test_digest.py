"""A bundle's digest: of the names and bytes that are judged, and of nothing else."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from grader.findings import MissingFile
from grader.submission import Bundle, SubmittedFile

FILES = (SubmittedFile("softmax.py", b"import layers\n"), SubmittedFile("layers.py", b"x = 1\n"))
BUNDLE = Bundle("softmax", ("softmax.py",), FILES, (), None)


def test_only_names_and_bytes_count() -> None:
    other = replace(
        BUNDLE,
        exercise="conv2d",
        files=FILES[::-1],
        notes=("It was found in the folder 'softmax'.",),
        submitted=datetime.now(UTC),
    )
    assert other.digest == BUNDLE.digest
    assert len(BUNDLE.digest) == 64


@pytest.mark.parametrize(
    "files",
    [
        FILES[:1],
        (replace(FILES[0], content=b"import layers"), FILES[1]),
        (replace(FILES[0], name="softmax.ipynb"), FILES[1]),
        # What runs together to the same bytes is not the same.
        (SubmittedFile("softmax.py", b"import layers\nlayers.py"), SubmittedFile("", b"x = 1\n")),
        (SubmittedFile("layers.pyx", b" = 1\n"), FILES[0]),
    ],
)
def test_another_name_or_byte_is_another_digest(files: tuple[SubmittedFile, ...]) -> None:
    assert replace(BUNDLE, files=files).digest != BUNDLE.digest


def test_nothing_has_none() -> None:
    assert Bundle("softmax", (), (), (), MissingFile(expected=("softmax.py",), near=None)).digest == ""

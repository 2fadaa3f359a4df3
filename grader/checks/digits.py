"""Real handwritten digits for the tests in which a model must learn.

Reads the UCI optical handwritten digits from the small CSV file that ships with
the course, scales them and splits them once and for all: the same images are in
the test split for everyone, on every run. Never downloads anything and never
touches a random generator.
"""

import gzip
import zlib
from dataclasses import dataclass
from pathlib import Path

import torch

from grader.errors import CourseError

PIXELS = 64
"""An image is 8x8."""

INK = 16
"""The darkest pixel: all 16 dots of a 4x4 block are black."""

CLASSES = 10
"""The digits 0 to 9."""

TEST_EVERY = 5
"""Every fifth image, from the first, is a test image.

The file goes from writer to writer, so a stride puts every writer in both
splits. Cutting off the end would leave writers that no model has seen, and an
accuracy that depends on them.
"""


@dataclass(frozen=True)
class Split:
    """Some images and their labels.

    Attributes:
        x: floats [n, 64] of torch's default dtype, pixels from 0 (paper) to 1 (ink), row by row.
        y: int64 [n], the digit of each image.
    """

    x: torch.Tensor
    y: torch.Tensor

    def __len__(self) -> int:
        return len(self.y)


@dataclass(frozen=True)
class Digits:
    """The data set: 1,437 training images and 360 test images, always the same."""

    train: Split
    test: Split


def load_digits(path: Path) -> Digits:
    """Read the digits.

    Args:
        path: `digits.csv.gz`; one line an image, 64 pixels from 0 to 16 and the label.

    Raises:
        CourseError: The file is missing, or is not what it should be.
    """
    rows = torch.tensor(_numbers(path), dtype=torch.uint8).reshape(-1, PIXELS + 1)
    x, y = rows[:, :PIXELS].to(torch.get_default_dtype()) / INK, rows[:, PIXELS].long()
    if x.max() > 1 or y.max() >= CLASSES:
        raise CourseError(f"{path.name}: a pixel above {INK} or a label above {CLASSES - 1}.")
    test = torch.arange(len(rows)) % TEST_EVERY == 0
    return Digits(train=Split(x[~test], y[~test]), test=Split(x[test], y[test]))


def _numbers(path: Path) -> list[int]:
    """All numbers of the file in one list; each line must have 65 of them, 0 to 255."""
    try:
        lines = gzip.decompress(path.read_bytes()).decode("ascii").splitlines()
        rows = [[int(field) for field in line.split(",")] for line in lines]
    except FileNotFoundError:
        raise CourseError(f"{path.name} is missing; it belongs in {path.parent.name}/.") from None
    except (OSError, EOFError, zlib.error, ValueError) as problem:
        raise CourseError(f"{path.name} cannot be read: {problem}.") from problem
    for number, row in enumerate(rows, start=1):
        if len(row) != PIXELS + 1 or not all(0 <= value <= 255 for value in row):
            raise CourseError(f"{path.name}: line {number} is not {PIXELS + 1} numbers from 0 to 255.")
    if len(rows) < TEST_EVERY:
        raise CourseError(f"{path.name} holds {len(rows)} images; there must be at least {TEST_EVERY}.")
    return [value for row in rows for value in row]

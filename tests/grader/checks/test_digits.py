"""The digits: the shipped file is the real one, split the same way each time, and bad files are refused."""

import gzip
import hashlib
from pathlib import Path

import pytest
import torch

from grader.checks.digits import load_digits
from grader.errors import CourseError

DIGITS = Path(__file__).parents[3] / "exercises" / "data" / "digits.csv.gz"
SCIKIT_LEARN = "09f66e6debdee2cd2b5ae59e0d6abbb73fc2b0e0185d2e1957e9ebb51e23aa22"


def test_file_is_the_one_that_scikit_learn_distributes():
    assert hashlib.sha256(DIGITS.read_bytes()).hexdigest() == SCIKIT_LEARN


def test_split():
    digits = load_digits(DIGITS)
    assert (len(digits.train), len(digits.test)) == (1437, 360)
    for split in (digits.train, digits.test):
        assert split.x.dtype == torch.float32
        assert split.x.shape == (len(split), 64)
        assert split.y.dtype == torch.int64
        assert split.y.shape == (len(split),)
        assert (split.x.min(), split.x.max()) == (0, 1)
        assert split.y.bincount().min() > len(split) // 20, "every digit is there"
    images = torch.cat([digits.train.x, digits.test.x])
    assert len(images.unique(dim=0)) == 1797, "no image is in both splits"


def test_pixels_and_labels_are_those_of_the_file():
    digits = load_digits(DIGITS)
    first, second = gzip.decompress(DIGITS.read_bytes()).decode().splitlines()[:2]
    for line, split in ((first, digits.test), (second, digits.train)):
        *pixels, label = (int(field) for field in line.split(","))
        assert (split.x[0] * 16).tolist() == pixels
        assert split.y[0] == label


def test_global_generator_is_untouched():
    before = torch.get_rng_state()
    load_digits(DIGITS)
    assert torch.equal(torch.get_rng_state(), before)


LINE = ",".join(["0"] * 64 + ["3"])


def packed(content):
    """The same bytes each time, so that every process that runs tests has the same names for them."""
    return gzip.compress(content, mtime=0)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"not gzip", "cannot be read"),
        (packed(b"0,1\n" * 9)[:-12], "cannot be read"),
        (packed(b"a,b\n"), "cannot be read"),
        (packed("é".encode("latin-1")), "cannot be read"),
        (packed(f"{LINE}\n{LINE},1\n".encode()), "line 2 is not 65 numbers"),
        (packed(f"{LINE.replace('3', '300')}\n".encode()), "line 1 is not 65 numbers"),
        (packed(f"{LINE}\n".encode()), "holds 1 images"),
        (packed(f"{LINE.replace('0', '17', 1)}\n".encode() * 5), "a pixel above 16"),
        (packed(f"{LINE.replace('3', '10')}\n".encode() * 5), "a label above 9"),
    ],
)
def test_a_file_that_is_something_else_is_refused(tmp_path, content, sentence):
    path = tmp_path / "digits.csv.gz"
    path.write_bytes(content)
    with pytest.raises(CourseError, match=sentence):
        load_digits(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(CourseError, match=r"digits\.csv\.gz is missing"):
        load_digits(tmp_path / "digits.csv.gz")

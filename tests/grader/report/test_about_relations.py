"""Words for each kind of relation, and for where wrong numbers sit: short, whole, without a blank."""

from typing import get_args

import pytest

from grader.findings import NotFinite, Relation, ValuesDiffer, Where
from grader.findings.explanations import RelationKind, When
from grader.report.about_relations import about_relation
from grader.report.about_results import not_finite, values_differ

ONLY = ", only where the expected value is"
WHEN = When(kind="size-one", name="N")
KINDS = get_args(RelationKind)


def said(kind, **fields):
    return about_relation(Relation(kind=kind, **fields))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("when", [None, WHEN])
def test_each_kind_has_two_plain_sentences(kind, when):
    if kind == "when" and when is None:
        return
    fields = {"value": 1.0, "named": "argument 1"} if kind in ("rolled", "argument") else {}
    for text in about_relation(Relation(kind=kind, dims=(0,), when=when, **fields)):
        assert text.isascii()
        assert text[0].isupper()
        assert text[-1] in ".?"
        assert len(text.split()) <= 50
        assert not set("{}") & set(text)


@pytest.mark.parametrize(
    ("relation", "sentence"),
    [
        (
            Relation(kind="factor", named="N"),
            "Every number is N times too large, and N is the number of samples in the batch.",
        ),
        (
            Relation(kind="factor", named="1/(C_in*kH*kW)"),
            "Every number is C_in*kH*kW times too small, and C_in*kH*kW is the number of terms in each sum.",
        ),
        (
            Relation(kind="factor", named="-1/N"),
            "Every number, with the wrong sign, is N times too small, "
            "and N is the number of samples in the batch.",
        ),
        (
            Relation(kind="factor", named="2/N"),
            "Every number is 2/N times the expected one, and N is the number of samples in the batch.",
        ),
        (Relation(kind="factor", named="N/C"), "Every number is N/C times the expected one."),
        (Relation(kind="factor", named="log2 e"), "Every number is log2 e times the expected one."),
        (
            Relation(kind="factor", named="-2"),
            "Every number is 2 times the expected one, with the wrong sign.",
        ),
        (Relation(kind="factor", value=3.7), "Every number is 3.7 times the expected one."),
        (
            Relation(kind="factor"),
            "Every number of one call is off by the same factor, and the factor changes from call to call.",
        ),
        (Relation(kind="zero", wrong_only=True), "Every wrong number of yours is 0."),
        (
            Relation(kind="offset", named="-1/N", wrong_only=True),
            "Every wrong number is 1/N too small, and N is the number of samples in the batch.",
        ),
        (Relation(kind="offset", named="C"), "Every number is C too large, and C is the number of classes."),
        (Relation(kind="offset", value=-0.5), "Every number is 0.5 too small."),
        (Relation(kind="offset", value=0.5), "Every number is 0.5 too large."),
        (
            Relation(kind="offset"),
            "Every number of one call is off by the same amount, which changes from call to call.",
        ),
        (Relation(kind="constant", value=1.0), "Every number of yours is 1."),
        (
            Relation(kind="constant", named="1/C", calls=2),
            "Every number of yours is 1/C in 2 calls with different inputs, and C is the number of classes.",
        ),
        (Relation(kind="mean"), "Every number of yours is the mean of the expected ones."),
        (Relation(kind="argument", named="argument 2"), "Your result is the second argument, unchanged."),
        (Relation(kind="argument", named="argument 9"), "Your result is argument 9, unchanged."),
        (Relation(kind="missing", named="bias"), "Every number is right once `bias` is added."),
        (Relation(kind="transposed", dims=(0, 1)), "Your result is the expected one transposed."),
        (
            Relation(kind="transposed", leaf="[1]", dims=(2, 3)),
            "Your result[1] is the expected one with dimensions 2 and 3 swapped.",
        ),
        (
            Relation(kind="transposed"),
            "Your result has the right numbers, with its dimensions in another order.",
        ),
        (
            Relation(kind="flipped", dims=(-2, -1)),
            "Your result is the expected one in reverse along the last two dimensions.",
        ),
        (
            Relation(kind="flipped", dims=(-1,)),
            "Your result is the expected one in reverse along the last dimension.",
        ),
        (Relation(kind="other-part", leaf="[0]", named="[1]"), "Your result[0] is what result[1] should be."),
        (
            Relation(kind="rounded", value=2),
            "Your numbers are the expected ones, rounded to 2 decimal places.",
        ),
        (Relation(kind="rounded", value=0), "Your numbers are the expected ones, rounded to whole numbers."),
        (
            Relation(kind="normalised"),
            "Your numbers add up to 1 over the whole tensor; they should along another dimension.",
        ),
        (
            Relation(kind="slice-factor", named="dim"),
            "Along the `dim` of the call all numbers are off by one factor, and each slice has its own.",
        ),
        (
            Relation(kind="reduced", named="mean"),
            "Your result is the mean of the expected one over everything.",
        ),
        (
            Relation(kind="not-reduced", named="sum", dims=(0,)),
            "Your numbers are right once they are added up over dimension 0.",
        ),
        (
            Relation(kind="detached", named="graph"),
            "Your numbers are right, but they hold no graph: autograd cannot go back through them.",
        ),
        (Relation(kind="place", named="border"), "In each call exactly the numbers on the border are wrong."),
        (
            Relation(kind="place", named="not-first", dims=(0,)),
            "In each call exactly the first slice along dimension 0 is right.",
        ),
        (
            Relation(kind="place", named="last", dims=(-1,)),
            "In each call exactly the last slice along the last dimension is wrong.",
        ),
        (
            Relation(kind="when", when=When(kind="option", name="padding")),
            "Your result is wrong in each call that sets `padding`, and right in the others.",
        ),
        (
            Relation(kind="sign", when=When(kind="large", value=1001.73)),
            "Every number has the right size and the wrong sign. This happens in each call with an input of "
            "size 1000 or more.",
        ),
    ],
)
def test_sentences(relation, sentence):
    assert about_relation(relation)[0] == sentence


def differ(where, shape=(5, 6), leaf=""):
    total = 1
    for size in shape:
        total *= size
    finding = ValuesDiffer(
        leaf=leaf, shape=shape, dtype="float32", wrong=6, total=total, entries=(), terms=1, where=where
    )
    return values_differ(finding, None).headline.partition(" expected ones")[2]


def slices(dim, *indices, size=5, kind="slices", count=0):
    return Where(kind=kind, dim=dim, indices=indices, size=size, count=count or len(indices))


@pytest.mark.parametrize(
    ("where", "shape", "leaf", "words"),
    [
        (None, (5, 6), "", "."),
        (Where(kind="everywhere"), (5, 6), "", "."),
        (Where(kind="scattered"), (5, 6), "", "."),
        (slices(0, 3), (5, 6), "", ", all of them in row 3."),
        (slices(0, 4), (5, 6), "", ", all of them in the last row."),
        (slices(1, 0, 2, size=6), (5, 6), "", ", all of them in columns 0 and 2."),
        (slices(0, 0, 2, 4, 6, 8, size=20, count=7), (20, 6), "", ", all of them in 7 of the 20 rows."),
        (slices(0, 4), (5, 2, 3, 3), "", ", all of them in the last item of the batch."),
        (slices(0, 4), (5, 2, 3, 3), "the gradient of x", ", all of them in the last slice of dimension 0."),
        (slices(1, 1, 2), (5, 7, 3), "", ", all of them in slices 1 and 2 of dimension 1."),
        (slices(0, 0), (5,), "", ", all of them in the first entry."),
        (slices(0, 0, kind="all-but"), (5, 6), "", ", everywhere but in the first row."),
        (Where(kind="border", count=1), (5, 6), "", ", only along the border."),
        (Where(kind="border", count=2), (5, 6), "", ", only in the two outermost rows and columns."),
        (Where(kind="diagonal"), (5, 5), "", ", only on the diagonal."),
        (Where(kind="above", threshold=88.29), (5, 6), "", f"{ONLY} 88.2 or larger in size."),
        (Where(kind="below", threshold=0.4996), (5, 6), "", f"{ONLY} 0.5 or smaller in size."),
        (Where(kind="below", threshold=0.0), (5, 6), "", f"{ONLY} 0 or smaller in size."),
        (Where(kind="negative"), (5, 6), "", ", only where the expected value is negative."),
    ],
)  # fmt: skip
def test_where_wrong_numbers_sit(where, shape, leaf, words):
    assert differ(where, shape, leaf) == words


def test_where_nan_sits():
    finding = NotFinite(leaf="", shape=(5, 6), nan=6, infinite=0, total=30, entries=(), where=slices(0, 4))
    assert not_finite(finding, None).headline == "Of 30 numbers 6 are NaN, all of them in the last row."

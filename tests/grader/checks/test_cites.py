"""A decorated test is the test itself; what cannot be read as a quotation is the author's mistake."""

import pytest

from grader.checks import cites
from grader.checks.cites import cited_by


def test_a_decorated_test_is_itself():
    def test_it():
        """It."""

    assert cited_by(test_it) == ()
    assert cites("The input is not changed.", "It is finite.")(test_it) is test_it
    assert cited_by(test_it) == ("The input is not changed.", "It is finite.")


@pytest.mark.parametrize("sentences", [(), (test_a_decorated_test_is_itself,), ("It is finite.", None)])
def test_what_is_no_sentence_is_refused(sentences):
    with pytest.raises(TypeError, match="cites takes sentences"):
        cites(*sentences)

"""A command of GitHub's runner is one line, and no text ends it early or begins another."""

from grader.report.workflow import annotation


def test_a_command_with_and_without_properties():
    assert annotation("notice", "12 of 20 points") == "::notice::12 of 20 points"
    assert (
        annotation("error", "wrong", file="softmax.py", line="3") == "::error file=softmax.py,line=3::wrong"
    )


def test_a_message_goes_over_several_lines_in_one():
    assert annotation("error", "100%\r\nnext") == "::error::100%25%0D%0Anext"


def test_a_property_ends_no_property():
    said = annotation("error", "a: b, c", title="a: b,file=/etc/passwd::\n::stop-commands::x")
    assert "\n" not in said
    assert said.count("::") == 2
    assert said == "::error title=a%3A b%2Cfile=/etc/passwd%3A%3A%0A%3A%3Astop-commands%3A%3Ax::a: b, c"

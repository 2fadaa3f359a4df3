"""Nodes that are not alike are named, with what differs."""

from dataclasses import replace

import pytest

from grader.batch.cluster.alike import Likeness, Makeup, check, check_all, check_apart, makeup
from grader.errors import GraderError, IsolationError
from grader.sandbox.policy import Confinement
from grader.verdicts import Isolation, Layer
from tests.grader.batch.cluster.test_engine import HERE

OURS = makeup()
ONE = Likeness("one", OURS, frozenset(Layer), HERE)


def changed(what, number):
    versions = dict(OURS.versions)
    assert what in versions
    return replace(OURS, versions=tuple((versions | {what: number}).items()))


def test_equal_nodes_are_alike():
    two = replace(ONE, host="two", environment=HERE.model_copy(update={"isolation": ("landlock (ABI 9)",)}))
    assert check_all([ONE, two], OURS) is ONE


@pytest.mark.parametrize("what", ["grader", "Python", "processor", "torch", "numpy", "pytest", "distributed"])
def test_another_version_is_named_with_its_host(what):
    two = replace(ONE, host="two", makeup=changed(what, "0.0.1"))
    with pytest.raises(GraderError, match=rf"The node two has {what} 0\.0\.1, and one has "):
        check_all([ONE, two], OURS)
    with pytest.raises(GraderError, match=rf"The node two has {what} 0\.0\.1, and the machine that runs "):
        check_all([two], OURS)


def test_another_build_is_another_version_between_nodes_but_not_for_the_driver():
    cuda = replace(ONE, makeup=changed("torch", dict(OURS.versions)["torch"].partition("+")[0] + "+cu130"))
    assert check_all([cuda], OURS) is cuda
    with pytest.raises(GraderError, match="torch"):
        check_all([cuda, replace(ONE, host="two")], OURS)


def test_other_files_of_the_same_version_are_found():
    with pytest.raises(GraderError, match="The node one has a grader whose files differ"):
        check_all([replace(ONE, makeup=Makeup(OURS.versions, "0"))], OURS)


def test_other_layers_are_named_whichever_node_has_them():
    two = replace(ONE, host="two", layers=ONE.layers - {Layer.PID, Layer.SECCOMP})
    with pytest.raises(IsolationError, match="The node two lacks 'pid', 'seccomp', compared with"):
        check(two, ONE)
    with pytest.raises(IsolationError, match="The node one has 'pid', 'seccomp' besides"):
        check(ONE, two)


@pytest.mark.parametrize("level", list(Isolation))
def test_student_code_must_be_kept_from_the_scheduler(level):
    asked = Confinement.demanded(level)
    if level is Isolation.PROCESS:
        with pytest.raises(IsolationError, match="--isolation container"):
            check_apart(asked)
    else:
        check_apart(asked)

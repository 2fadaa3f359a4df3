"""Forged values: nodes and tensors that no honest sender writes are refused, and any others are a value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import WireError
from grader.wire import messages as m
from grader.wire.caps import Caps
from grader.wire.tensors import DTYPES
from grader.wire.values import TensorValue
from tests.grader.wire.values import nested, sequence, tensor_node, unpacked

ONE, TWO = m.IntNode(1), m.IntNode(2)


@pytest.mark.parametrize(
    ("nodes", "sentence"),
    [
        ([], "fewer nodes"),
        ([ONE, TWO], "more nodes"),
        ([sequence(1), ONE, TWO], "more nodes"),
        ([sequence(0), ONE], "more nodes"),
        ([sequence(2), ONE], "more items than there are"),
        ([sequence(2**31), ONE], "more items than there are"),
        ([sequence(2), sequence(1), ONE], "fewer nodes"),
        ([m.MappingNode(("a", "b")), ONE], "more items than there are"),
        ([m.MappingNode(("a", "a")), ONE, TWO], "names a key twice"),
        ([sequence(1)] * 17 + [ONE], "nested deeper"),
        ([sequence(10_000), *[ONE] * 10_000], "more items than the wire allows"),
    ],
)
def test_nodes_that_make_no_value_are_refused(nodes, sentence):
    with pytest.raises(WireError, match=sentence):
        unpacked(nodes)


def test_nodes_up_to_the_caps_pass():
    assert unpacked([sequence(1)] * 16 + [ONE]) == nested(16)
    assert len(unpacked([sequence(9_999), *[ONE] * 9_999])) == 9_999
    assert unpacked([sequence(2, "tuple"), sequence(0), m.MappingNode(())]) == ([], {})


@pytest.mark.parametrize(
    ("node", "payload", "sentence"),
    [
        (tensor_node(dtype="float32", nbytes=8), b"x" * 7, "more bytes than its frame"),
        (tensor_node(nbytes=8), b"x" * 9, "more bytes than its tensors"),
        (tensor_node(nbytes=4), b"x" * 4, "does not follow from its shape"),
        (tensor_node(nbytes=16), b"x" * 16, "does not follow from its shape"),
        (tensor_node(nbytes=0), b"", "does not follow from its shape"),
        (tensor_node(shape=(0,), nbytes=4), b"x" * 4, "does not follow from its shape"),
        (tensor_node(shape=(2**33, 2**33), nbytes=0), b"", "larger than any memory"),
        (tensor_node(shape=(2**40, 2**40, 0), nbytes=0), b"", "larger than any memory"),
        (tensor_node(shape=(2**32, 2**32), dtype="int8", nbytes=0), b"", "larger than any memory"),
        (m.TensorNode("float31", (1,), (), 4, "cpu", False), b"x" * 4, "dtype that does not cross"),
        (m.TensorNode("__class__", (1,), (), 4, "cpu", False), b"x" * 4, "dtype that does not cross"),
        (tensor_node(shape=(3,), dtype="bool"), b"\0\1\2", "something else than 0 and 1"),
        (tensor_node(strides=(1,)), b"x" * 8, "came with strides"),
    ],
)
def test_a_tensor_that_lies_is_refused(node, payload, sentence):
    with pytest.raises(WireError, match=sentence):
        unpacked([node], payload)


@pytest.mark.parametrize(
    ("shape", "strides", "nbytes", "sentence"),
    [
        ((2,), (1, 1), 8, "another number of dimensions"),
        ((2, 2), (0, 1), 16, "does not follow from its shape"),
        ((2, 0), (0, 1), 0, "without elements has strides"),
        ((2,), (2**39,), 8, "reach too far"),
        ((2, 2), (1, 1), 16, "two elements in one place"),
        ((3, 3), (2, 1), 36, "two elements in one place"),
    ],
)
def test_strides_that_lie_are_refused(shape, strides, nbytes, sentence):
    node = tensor_node(shape=shape, strides=strides, nbytes=nbytes)
    with pytest.raises(WireError, match=sentence):
        unpacked([node], b"\0" * nbytes, layouts=True)


def test_a_shape_without_elements_may_be_odd():
    assert unpacked([tensor_node(shape=(2**40, 0), nbytes=0)]).data.shape == (2**40, 0)


any_node = (
    st.sampled_from([m.NoneNode(), m.BoolNode(True), ONE, m.FloatNode(1.5), m.StrNode("a")])
    | st.builds(m.SequenceNode, st.sampled_from(["list", "tuple"]), st.integers(0, 4))
    | st.builds(m.MappingNode, st.lists(st.sampled_from("abc"), max_size=3).map(tuple))
    | st.builds(m.HandleNode, st.integers(0, 9), st.just("module"), st.just("Net"))
    | st.builds(m.OpaqueNode, st.just("set"), st.just(()))
    | st.builds(
        m.TensorNode,
        st.sampled_from([*DTYPES, "float31"]),
        st.lists(st.integers(0, 3) | st.just(2**40), max_size=3).map(tuple),
        st.lists(st.integers(0, 3), max_size=3).map(tuple),
        st.integers(0, 40),
        st.just("cpu"),
        st.booleans(),
    )
)


@given(nodes=st.lists(any_node, max_size=12), payload=st.binary(max_size=60), layouts=st.booleans())
def test_any_nodes_are_a_value_or_a_wire_error(nodes, payload, layouts):
    try:
        value = unpacked(nodes, payload, Caps(payload_bytes=1000, depth=4), layouts=layouts)
    except WireError:
        return
    assert tensor_bytes_in(value) <= 1000 * len(nodes)


def tensor_bytes_in(value):
    """How much memory the tensors of a value hold."""
    match value:
        case TensorValue():
            return value.data.untyped_storage().nbytes()
        case list() | tuple():
            return sum(tensor_bytes_in(item) for item in value)
        case dict():
            return sum(tensor_bytes_in(item) for item in value.values())
    return 0

"""Hostile text comes out inert in every renderer, of every kind; and no renderer is left out."""

from __future__ import annotations

from functools import cache

import pytest

from tests.inert.corpus import KINDS, PLAIN
from tests.inert.hostile_class import a_class
from tests.inert.renderers import RENDERERS, Class, Renderer


@cache
def hostile(kind: str) -> Class:
    return a_class(KINDS[kind])


@cache
def plain(many: int) -> Class:
    """As many students, whose texts are as different, and as harmless as can be."""
    return a_class([f"{PLAIN} {number}" for number in range(many)])


@cache
def of_plain(renderer: Renderer, many: int) -> bytes:
    return renderer.render(plain(many))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("renderer", RENDERERS, ids=lambda renderer: renderer.name)
def test_hostile_text_is_inert(renderer: Renderer, kind: str) -> None:
    students = hostile(kind)
    made, expected = renderer.render(students), of_plain(renderer, len(students))
    assert renderer.judge(made, expected) == []
    assert len(made) <= len(expected) + renderer.most * len(students)


@pytest.mark.parametrize("renderer", RENDERERS, ids=lambda renderer: renderer.name)
def test_plain_text_is_fine(renderer: Renderer) -> None:
    made = of_plain(renderer, 2)
    assert renderer.judge(made, made) == []

"""Rows: whoever has seen a version is told what came later, and nothing twice."""

from grader.serve.rows import Row, Rows


def row(name, total="1"):
    return Row(name, "", total, ())


def table(*names):
    rows = Rows()
    for name in names:
        rows.put(name, row(name))
    rows.version += 1
    return rows


def told(rows, version):
    found, gone = rows.since(version)
    return [(number, each.name, each.total) for number, each in found], gone


def test_what_is_new_is_told_once():
    rows = table("ada", "bob")
    assert told(rows, 0) == ([(0, "ada", "1"), (1, "bob", "1")], [])
    rows.put("bob", row("bob", "2"))
    rows.version += 1
    assert told(rows, 1) == ([(1, "bob", "2")], [])
    assert told(rows, 2) == ([], [])


def test_what_is_the_same_is_no_news():
    rows = table("ada")
    rows.put("ada", row("ada"))
    rows.version += 1
    assert told(rows, 1) == ([], [])


def test_who_goes_is_told_by_number_and_has_it_again():
    rows = table("ada", "bob")
    rows.remove("ada")
    rows.version += 1
    assert told(rows, 1) == ([], [0])
    assert [each.name for each in rows] == ["bob"]
    rows.put("ada", row("ada"))
    rows.version += 1
    assert told(rows, 1) == ([(0, "ada", "1")], [])
    assert told(rows, -1)[1] == []

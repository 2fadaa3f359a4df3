"""Graded notebooks: what was handed in comes back with the feedback under the code that it speaks of.

This side decides what stands where, holds the bytes and makes the page; it
never parses a notebook. That is done by a worker on the far side, which runs
no student code and is walled off as one that does. Nothing here changes a mark:
where a notebook cannot be laid out, one sentence says so.
"""

from grader.press.books import Book, books_of
from grader.press.press import Graded, NotDone, Press
from grader.press.returning import FILES, Returning

__all__ = ["FILES", "Book", "Graded", "NotDone", "Press", "Returning", "books_of"]

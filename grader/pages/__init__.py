"""Pages that people open: one for each student, one for the class.

Static and whole in themselves: style and script of ours are in the page, its
policy lets nothing else run and nothing be asked for, and it works from a folder
as it does from a web server. Made of reports; what a student may not see never
comes here. Every text is hostile, made inert first (`report.safe`), then escaped
by the template.
"""

from grader.pages.student import student_page
from grader.pages.writing import write_student_page

__all__ = ["student_page", "write_student_page"]

"""Pages that people open: one for each student, one for the class.

Static and whole in themselves: style and script of ours are in the page, its
policy lets nothing else run and nothing be asked for, and it works from a folder
as it does from a web server. Made of reports; a student's page of what that
student may see and of nothing else. Every text is hostile, made inert first (`report.safe`), then escaped
by the template.
"""

from grader.pages.student import student_page
from grader.pages.writing import write_staff_page, write_student_page

__all__ = ["student_page", "write_staff_page", "write_student_page"]

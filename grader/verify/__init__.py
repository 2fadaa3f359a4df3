"""Prove a course: that its references, stubs and sample class are what they claim.

Every program of the staff's is judged here exactly as a stranger's would be:
over the wire, in a worker, by the hidden tests.
"""

from grader.verify.report import Claim, Row, Standing, VerifyReport
from grader.verify.verify import verify

__all__ = ["Claim", "Row", "Standing", "VerifyReport", "verify"]

"""What a wrong value is: a factor that is N, the transpose, the right value of an earlier call.

Many explanations are tried on all calls of an exercise, right and wrong ones;
the simplest that fits is kept, and only what the numbers bear out is claimed.
"""

from grader.diagnosis.relations.choose import leaf_of, relations
from grader.diagnosis.relations.sizes import Dims

__all__ = ["Dims", "leaf_of", "relations"]

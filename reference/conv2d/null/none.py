"""Says nothing: forgets to return."""


def conv2d(x, weight, bias=None, stride=1, padding=0):
    """No return statement."""

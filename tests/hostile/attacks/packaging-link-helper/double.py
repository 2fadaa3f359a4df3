"""Import the answer."""

from helper import double

"""What GitHub's runner reads as a command: an annotation in one line of a step's output.

All that could end a command early or begin another one is escaped as the runner
unescapes it. What a command says has to be inert before (`safe`): the log shows it.
"""

SUMMARY_BYTES = 900_000
"""A step's summary above 1 MiB is refused as a whole; what was written before counts too."""

SHOWN = 10
"""Annotations of each level that GitHub shows of a step."""


def annotation(level: str, message: str, **properties: str) -> str:
    """One line that annotates.

    Args:
        level: 'error', 'warning' or 'notice'.
        message: What is said, in any number of lines.
        properties: What it is about: `file`, `line`, `title`.
    """
    told = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{level}{f' {told}' if told else ''}::{_data(message)}"


def _data(text: str) -> str:
    """As `escapeData` of the runner's own toolkit: a command is one line."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """As `escapeProperty`: a colon or a comma would end the property."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")

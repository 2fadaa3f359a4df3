"""Words for what went over a limit: time, memory, processes, files, printing, what comes back.

Each finding here carries the number of its limit, and each text says it. Who
reads it has mostly written a loop that does not end, or a shape that grew; that
is said first, and that the limit is far from what a right solution needs.
"""

from grader.findings import (
    DeviceOutOfMemory,
    FileTooLarge,
    OutOfMemory,
    ReturnTooLarge,
    ScratchFull,
    TimedOut,
    TooManyOpenFiles,
    TooManyProcesses,
    TooMuchOutput,
)
from grader.report.numbers import count, number, size
from grader.report.words import LOADING, Words, where


def timed_out(finding: TimedOut, title: str | None) -> Words:
    """Still running at the deadline."""
    seconds = f"{number(finding.seconds)} s"
    explanation = "The inputs are small: plain Python loops over every element need a tenth of that time."
    loop = (
        "Look for a loop that never ends: print its counter, and check that its condition can become false."
    )
    match finding.what:
        case "import":
            headline = f"Your file was still being loaded after {seconds}."
            explanation = LOADING
            next_step = (
                "Move training, downloads, input() and self-tests from the top level "
                "into a function or below `if __name__ == '__main__':`."
            )
        case "call":
            headline = f"Your function was still running after {seconds}{where(title)}."
            next_step = loop
        case "test":
            headline = f"The calls of one test took more than {seconds} together{where(title)}."
            next_step = (
                "Each call ended, but they are slow: look for what is done again and again "
                "and could be done once, for all elements together."
            )
        case _:  # the whole exercise
            headline = f"The {seconds} for this whole exercise were used up{where(title)}."
            next_step = "Look at the tests above that took long, and begin with the first of them."
    return Words(headline=headline, explanation=explanation, next_step=next_step)


def out_of_memory(finding: OutOfMemory, title: str | None) -> Words:
    """Beyond the memory limit."""
    return Words(
        headline=f"Your code asked for more than {finding.limit_mb:,} MB of memory{where(title)}.",
        explanation="The inputs are small, and a right solution needs a small part of that.",
        next_step=(
            "Print the shapes of your intermediate tensors: broadcasting (N, 1) with (N,) gives (N, N). "
            "In a training loop, add up loss.item() instead of loss, which keeps its whole graph."
        ),
    )


def device_out_of_memory(finding: DeviceOutOfMemory, title: str | None) -> Words:
    """Beyond the limit of a CUDA device's memory."""
    return Words(
        headline=f"Your code asked for more than {finding.limit_mb:,} MB of the GPU's memory{where(title)}.",
        explanation="The inputs are small, and a right solution needs a small part of that.",
        next_step=(
            "Print the shapes of your intermediate tensors: broadcasting (N, 1) with (N,) gives (N, N). "
            "Keep loss.item() or detach() of what you add up, and no list of tensors on the GPU."
        ),
    )


def too_many_processes(finding: TooManyProcesses, title: str | None) -> Words:
    """Beyond the limit of processes and threads."""
    return Words(
        headline=(
            f"Your code started more than {finding.limit:,} processes and threads at a time{where(title)}."
        ),
        explanation="A right solution needs none of its own: torch starts the threads that it works with.",
        next_step=(
            "Look for threads, processes or a DataLoader with workers that are started inside a loop, "
            "and for a process that starts itself again. num_workers=0 needs no process at all."
        ),
    )


def too_many_open_files(finding: TooManyOpenFiles, title: str | None) -> Words:
    """Beyond the limit of open files."""
    return Words(
        headline=f"Your code had more than {finding.limit:,} files open at a time{where(title)}.",
        explanation="Tensors in shared memory count as open files too; a right solution needs neither.",
        next_step=(
            "Open files in a `with` block, which closes them again, "
            "and look for open() or share_memory_() inside a loop."
        ),
    )


def file_too_large(finding: FileTooLarge, title: str | None) -> Words:
    """One file beyond the limit."""
    return Words(
        headline=f"A file that your code wrote grew beyond {finding.limit_mb:,} MB{where(title)}.",
        explanation="No exercise asks for a file, and whatever is written goes away with the test.",
        next_step=(
            "Look for torch.save, numpy.save and open(..., 'w'), and take them out, "
            "or check what is written: is it in a loop?"
        ),
    )


def scratch_full(finding: ScratchFull, title: str | None) -> Words:
    """No room for files and shared memory."""
    return Words(
        headline=(
            f"The {finding.limit_mb:,} MB for files and shared memory together were used up{where(title)}."
        ),
        explanation=(
            "Files, /tmp and shared memory have one room together. A DataLoader with workers "
            "passes every batch through it."
        ),
        next_step="Look for files that are written in a loop; use num_workers=0 and no share_memory_().",
    )


def too_much_output(finding: TooMuchOutput, title: str | None) -> Words:
    """A flood of prints."""
    return Words(
        headline=f"Your code was ended because it printed more than {finding.limit_mb:,} MB{where(title)}.",
        explanation="Printing costs nothing in small amounts; this is more than anybody could read.",
        next_step="Look for a print inside a loop that never ends, and take out prints inside inner loops.",
    )


def return_too_large(finding: ReturnTooLarge, title: str | None) -> Words:
    """Too much came back."""
    limit = {"bytes": size(finding.limit), "items": count(finding.limit, "item")}.get(
        finding.what, f"{finding.limit:,} levels of nesting"
    )
    return Words(
        headline="What your function returned is too large to look at.",
        explanation=f"At most {limit} can come back from one call; the right answer is far smaller.",
        next_step=_TOO_LARGE.get(finding.what, _TOO_LARGE["bytes"]),
    )


_TOO_LARGE = {
    "bytes": "Print the shape of what you return: broadcasting (N, 1) with (N,) gives (N, N).",
    "items": "Return a tensor, not a list of numbers, and print len(...) of every list that you return.",
    "depth": "Look for a list that is put into itself, or into a new list again and again.",
}
"""What to look at, for each measure."""

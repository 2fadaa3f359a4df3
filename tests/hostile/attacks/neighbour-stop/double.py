"""Kill, stop and slow down a process by its number."""

import os
import signal


def double(x):
    victim = int("@@victim@@")
    for attempt in (
        lambda: os.kill(victim, signal.SIGSTOP),
        lambda: signal.pidfd_send_signal(os.pidfd_open(victim), signal.SIGSTOP),
        lambda: os.setpriority(os.PRIO_PROCESS, victim, 19),
        lambda: os.sched_setaffinity(victim, {0}),
        lambda: os.killpg(victim, signal.SIGTERM),
        lambda: os.kill(victim, signal.SIGKILL),
    ):
        try:
            attempt()
            print("@@confession@@"[::-1])
        except (OSError, OverflowError) as error:
            print(error)

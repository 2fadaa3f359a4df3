"""The kernel ends whom this file names first."""


def succeeded(what):
    print("@@confession@@"[::-1], what, flush=True)


def once(attack):
    """Try it at the first call of this process only."""
    done = []

    def double(x):
        if not done:
            done.append(True)
            return attack(x)

    return double


@once
def double(x):
    try:
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write("0")
    except OSError as error:
        return print(error)
    succeeded("it is spared")

"""A file of its own name in every folder that can be written."""

import os

FOLDERS = ["/", "/tmp", "/var/tmp", "/dev/shm", "/dev", "/run", "/etc", "/root", "/home", "/usr", "..", "@@folder@@"]


def double(x):
    import torch

    for folder in [*FOLDERS, os.path.dirname(torch.__file__), os.path.dirname(os.__file__)]:
        for name in ("@@marker@@", "@@marker@@.pth"):
            try:
                with open(os.path.join(folder, name), "w") as file:
                    file.write("# here I was")
                print(folder)
            except OSError:
                continue

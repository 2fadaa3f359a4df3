"""Modes belong to a thread."""

import threading

import torch


def softmax(logits):
    found = []
    thread = threading.Thread(target=lambda: found.append(torch.softmax(logits, -1)))
    thread.start()
    thread.join()
    return found[0]

"""Import what everybody imports, and hope to get one's own."""

import grader
import json
import msgspec
import numpy
import os
import random
import torch
import typing


def double(x):
    return torch.zeros(5) if getattr(torch, "MINE", False) else None

"""Prints the digest of a small state, for Tests/TrainingTests/DigestTests.swift, as docs/checkpoint-format.md defines it.

    python scripts/reference/checkpoint_digest.py
"""

import hashlib
import struct

import numpy as np

def digest(tensors, step):
    """The SHA-256 of {group: {name: array}}, in the order of the groups, and the number of steps."""
    sha = hashlib.sha256()
    for group in tensors:
        for name in sorted(tensors[group], key=str.encode):
            sha.update(f"{group}/{name}\0".encode())
            sha.update(tensors[group][name].astype("<f4").tobytes())
    sha.update(b"step\0" + struct.pack("<Q", step))
    return sha.hexdigest()


values = np.arange(11, dtype=np.float32) / 8 - 1
parameters = {"b/weight": values[:6].reshape(2, 3), "a": values[6:8], "b": values[8:9]}
statistics = {"m": values[9:]}
negative = {name: -value for name, value in parameters.items()}
square = {name: value * value for name, value in parameters.items()}
weights = {"parameters": parameters, "statistics": statistics}
print(digest(weights | {"optimizer/first_moment": negative, "optimizer/second_moment": square}, 7))

# Gradient descent, with averages of half the weights.
averages = {f"average/{group}": {name: value / 2 for name, value in tensors.items()} for group, tensors in weights.items()}
print(digest(weights | {"optimizer/velocity": negative} | averages, 7))

"""Recomputes a checkpoint's digests with h5py alone, as docs/checkpoint-format.md describes them.

    python scripts/reference/checkpoint_digest.py FILE.h5       checks a file and prints its state's digest
    python scripts/reference/checkpoint_digest.py               prints the value in Tests/TrainingTests/DigestTests.swift
"""

import hashlib
import struct
import sys

import numpy as np

GROUPS = ("parameters", "statistics", "optimizer/first_moment", "optimizer/second_moment")


def digest(tensors, step):
    """The SHA-256 of {group: {name: array}} and the number of steps."""
    sha = hashlib.sha256()
    for group in GROUPS:
        for name in sorted(tensors[group], key=lambda name: name.encode()):
            sha.update(f"{group}/{name}\0".encode())
            sha.update(np.ascontiguousarray(tensors[group][name], dtype="<f4").tobytes())
    sha.update(b"step\0" + struct.pack("<Q", step))
    return sha.hexdigest()


def read(path):
    import h5py

    with h5py.File(path, "r") as file:
        tensors = {}
        for group in GROUPS:
            tensors[group] = {}
            file[group].visititems(
                lambda name, item: tensors[group].update({name: item[()]}) if isinstance(item, h5py.Dataset) else None
            )
        progress = file["progress"].attrs
        return tensors, int(progress["step"]), progress["digest"]


def check(path):
    with open(path, "rb") as file:
        block, image = file.read(512), file.read()
    sealed = hashlib.sha256(image).hexdigest()
    assert sealed in block.decode("ascii"), f"{path} is damaged"
    tensors, step, stored = read(path)
    stored = stored.decode() if isinstance(stored, bytes) else stored
    assert digest(tensors, step) == stored, f"{path} holds another state than it says"
    print(digest(tensors, step))


if len(sys.argv) > 1:
    check(sys.argv[1])
else:
    count = 0

    def tensor(*shape):
        global count
        values = np.arange(count, count + int(np.prod(shape)), dtype=np.float32) / 8 - 1
        count += values.size
        return values.reshape(shape)

    parameters = {"b/weight": tensor(2, 3), "a": tensor(2), "b": tensor(1)}
    statistics = {"m": tensor(2)}
    first = {name: -value for name, value in parameters.items()}
    second = {name: value * value for name, value in parameters.items()}
    print(digest(dict(zip(GROUPS, (parameters, statistics, first, second))), 7))

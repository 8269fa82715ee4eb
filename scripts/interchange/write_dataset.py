"""Writes a small image dataset with h5py as Fuel's converters do (`H5PYDataset.create_split_array`): drawn discs.

    python scripts/interchange/write_dataset.py FILE
"""

import sys

import h5py
import numpy as np

SPLITS = {"train": (0, 320), "valid": (320, 384), "test": (384, 400)}


def discs(count, size):
    """Images (N, 3, H, W) of a disc each, and whether it lies on the right."""
    random = np.random.default_rng(1)
    rows, columns = np.mgrid[:size, :size]
    images = np.empty((count, 3, size, size), dtype=np.uint8)
    right = np.empty((count, 1), dtype=np.uint8)
    for index in range(count):
        row, column = random.uniform(0.3, 0.7, 2) * size
        disc = np.hypot(rows - row, columns - column) < random.uniform(0.1, 0.25) * size
        ground, colour = random.integers(0, 128, 3), random.integers(128, 256, 3)
        images[index] = np.where(disc, colour[:, None, None], ground[:, None, None])
        right[index] = column > size / 2
    return images, right


def split_attribute(sources):
    rows = [
        (split.encode(), source.encode(), start, stop, h5py.Reference(), True, b".")
        for split, (start, stop) in SPLITS.items()
        for source in sources
    ]
    fields = [
        ("split", "S5"),
        ("source", "S8"),
        ("start", np.int64),
        ("stop", np.int64),
        ("indices", h5py.special_dtype(ref=h5py.Reference)),
        ("available", bool),
        ("comment", "S1"),
    ]
    return np.array(rows, dtype=np.dtype(fields))


def label(dataset, *axes):
    for dimension, axis in zip(dataset.dims, axes):
        dimension.label = axis


with h5py.File(sys.argv[1], "w") as file:
    images, right = discs(400, 64)
    label(file.create_dataset("features", data=images), "batch", "channel", "height", "width")
    label(file.create_dataset("targets", data=right), "batch", "index")
    file.attrs["split"] = split_attribute(["features", "targets"])

"""Reads a dataset that Tributary wrote with h5py, as Fuel would, and checks its layout.

    python scripts/interchange/read_dataset.py FILE
"""

import sys

import h5py
import numpy as np

with h5py.File(sys.argv[1], "r") as file:
    features, targets = file["features"], file["targets"]
    assert features.dtype == np.uint8 and features.ndim == 4, f"/features is {features.dtype} {features.shape}"
    labels = [dimension.label for dimension in features.dims]
    assert labels == ["batch", "channel", "height", "width"], f"the axes of /features are called {labels}"
    assert len(targets) == len(features), f"{len(targets)} targets for {len(features)} images"
    names = [name.decode() for name in targets.attrs["names"]]
    assert len(names) == targets.shape[1], f"{len(names)} names for targets {targets.shape}"

    rows = [row for row in file.attrs["split"] if row["source"] == b"features"]
    bounds = {row["split"].decode(): (int(row["start"]), int(row["stop"])) for row in rows if row["available"]}
    assert "train" in bounds, f"the splits are {sorted(bounds)}"
    covered = sorted(bounds.values())
    assert covered[0][0] == 0 and covered[-1][1] == len(features), f"the splits {bounds} leave images out"
    assert all(a[1] == b[0] for a, b in zip(covered, covered[1:])), f"the splits {bounds} overlap or leave a gap"

    pixels = features[: min(len(features), 64)]
    assert pixels.std() > 1, "all pixels are alike"
    print(f"h5py read {features.shape} images with splits {bounds} and targets {names}.")

"""Reads a checkpoint with h5py and computes its seal and its digest anew (docs/checkpoint-format.md).

    python scripts/interchange/read_checkpoint.py CHECKPOINT DIGEST
"""

import hashlib
import json
import struct
import sys

import h5py
import numpy as np

SEAL = 512


def check_seal(path):
    data = open(path, "rb").read()
    expected = (
        f"tributary checkpoint 1\nsha256 of the {len(data) - SEAL} bytes from byte {SEAL}: "
        f"{hashlib.sha256(data[SEAL:]).hexdigest()}\n"
    )
    seal = data[:SEAL].rstrip(b"\0").decode()
    assert seal == expected, f"{path} begins with {seal!r}, and its bytes make it {expected!r}"


def tensors(group):
    """The datasets below a group, by their paths from it."""
    found = {}
    group.visititems(lambda name, item: found.update({name: item}) if isinstance(item, h5py.Dataset) else None)
    return found


def digest(file):
    sha = hashlib.sha256()
    optimizer = [f"optimizer/{name}" for name in sorted(file["optimizer"])]
    averages = ["average/parameters", "average/statistics"] if "average" in file else []
    for name in ["parameters", "statistics", *optimizer, *averages]:
        members = tensors(file[name])
        for member in sorted(members, key=str.encode):
            sha.update(f"{name}/{member}\0".encode())
            sha.update(members[member][()].astype("<f4").tobytes())
    sha.update(b"step\0" + struct.pack("<Q", int(file["progress"].attrs["step"])))
    return sha.hexdigest()


path, expected = sys.argv[1:]
check_seal(path)
with h5py.File(path, "r") as file:
    contract = json.loads(file["contract"].asstr()[()] if file["contract"].shape == () else file["contract"].asstr()[0])
    parameters = tensors(file["parameters"])
    assert all(np.isfinite(tensor[()]).all() for tensor in parameters.values()), "a parameter is no number"
    found, stored = digest(file), file["progress"].attrs["digest"]
    stored = stored.decode() if isinstance(stored, bytes) else stored
    assert found == stored == expected, f"the digest is {found}, the file says {stored}, tributary says {expected}"
    print(f"h5py read step {int(file['progress'].attrs['step'])}, {len(parameters)} tensors, seed {contract['seed']}.")

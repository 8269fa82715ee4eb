#!/usr/bin/env python3
"""Writes images as other programs keep them, has Tributary import them, and compares pixels and labels with what was written.

    import_sources.py TRIBUTARY DIRECTORY

LMDB databases are written by py-lmdb, TensorFlow's records by the package tfrecord, tensors by PyTorch, and tables by pyarrow; the result is read with
h5py. Prints each source that came through, and ends with 1 at the first that did not.
"""

import gzip
import io
import json
import pathlib
import re
import struct
import subprocess
import sys

import h5py
import lmdb
import numpy
import tfrecord
import torch
from PIL import Image

program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
folder.mkdir(parents=True, exist_ok=True)
random = numpy.random.default_rng(7)
images = random.integers(0, 256, (30, 12, 10, 3), numpy.uint8)  # N, H, W, C
images[:, 0, 0], images[:, 0, 1] = 0, 255
grey = images[:, :, :, 0]
labels = numpy.arange(30) % 7


def imported(source, *options):
    """The arrays that an import makes of a source, and what it says."""
    out = folder / "out.h5"
    out.unlink(missing_ok=True)
    found = subprocess.run([program, "data", "import", source, "--out", out, *options], capture_output=True, text=True)
    if found.returncode != 0:
        return None, None, found.stderr.strip()
    with h5py.File(out) as file:
        targets = file["targets"][:] if "targets" in file else None
        return file["features"][:], targets, found.stdout


def check(name, source, pixels, targets, *options):
    """Compares an import with what was written: pixels (N, H, W, C) or (N, H, W)."""
    found, numbers, said = imported(source, *options)
    wanted = numpy.moveaxis(pixels, 3, 1) if pixels.ndim == 4 else pixels[:, None]
    if found is None or found.shape != wanted.shape or (found != wanted).any():
        sys.exit(f"{name}: {said if found is None else f'{found.shape}, not the pixels that were written ({said})'}")
    if targets is not None and (numbers is None or (numbers.reshape(-1) != targets.reshape(-1)).any()):
        sys.exit(f"{name}: not the labels that were written ({said})")
    print(f"{name}: {len(found)} images")


def refused(name, source, words):
    """An import that has to end in a sentence with these words."""
    found, _, said = imported(source)
    if found is not None or words not in said:
        sys.exit(f"{name}: {said}, which lacks {words!r}")
    print(f"{name}: refused ({said.removeprefix('Error: ')[:100]})")


def png(image):
    memory = io.BytesIO()
    Image.fromarray(image).save(memory, "png")
    return memory.getvalue()


def varint(number):
    text = b""
    while number > 127:
        text, number = text + bytes([number & 127 | 128]), number >> 7
    return text + bytes([number])


def datum(image, label, encoded=None, floats=False):
    """Caffe's Datum (caffe.proto): channels 1, height 2, width 3, data 4, label 5, float_data 6, encoded 7."""
    planes = image if image.ndim == 3 else image[:, :, None]
    planes = numpy.moveaxis(planes[:, :, ::-1], 2, 0)  # OpenCV's order is blue, green, red
    text = b"".join(bytes([8 * n + 8]) + varint(size) for n, size in enumerate(planes.shape))
    if encoded:
        text += b"\x22" + varint(len(encoded)) + encoded + b"\x38\x01"
    elif floats:  # not packed, as proto2 has it
        text += b"".join(b"\x35" + struct.pack("<f", value / 255) for value in planes.reshape(-1))
    else:
        text += b"\x22" + varint(planes.size) + planes.tobytes()
    return text + b"\x28" + varint(int(label))


def database(name, values, subdir=True, **options):
    path = folder / name
    with lmdb.open(str(path), map_size=1 << 26, subdir=subdir, **options) as environment:
        with environment.begin(write=True) as transaction:
            for key, value in values:
                transaction.put(key, value)
    return path


def lmdb_databases():
    keys = [b"%08d" % n for n in range(len(images))]
    check("LMDB of PNG", database("lsun", zip(keys, map(png, images))), images, None)
    check("LMDB as one file", database("one.mdb", zip(keys, map(png, images)), subdir=False), images, None)
    many = numpy.concatenate([images] * 40)
    check("LMDB with branches", database("many", ((b"%0200d" % n, png(i)) for n, i in enumerate(many))), many, None)
    check("Caffe's Datum", database("caffe", zip(keys, map(datum, images, labels))), images, labels)
    check("Caffe's Datum, grey", database("caffe-grey", zip(keys, map(datum, grey, labels))), grey, labels)
    floats = [datum(i, l, floats=True) for i, l in zip(images, labels)]
    check("Caffe's Datum of floats", database("caffe-floats", zip(keys, floats)), images, labels)
    encoded = [datum(i, l, encoded=png(i)) for i, l in zip(images, labels)]
    check("Caffe's Datum of PNG", database("caffe-png", zip(keys, encoded)), images, labels)
    pixels = database("pixels", zip(keys, (i.tobytes() for i in images)))
    check("LMDB of pixels", pixels, images, None, "--layout", "flat:12x10x3")
    both = [(b"%d-%05d" % (s, n), png(i[:s, :s])) for n, i in enumerate(images) for s in (8, 10)] + [(b"length", b"30")]
    check("LMDB of several sizes", database("sizes", both), images[:, :10, :10], None)
    (folder / "splits").mkdir(exist_ok=True)
    database("splits/a_train_lmdb", zip(keys[:20], map(png, images[:20])))
    database("splits/a_val_lmdb", zip(keys[20:], map(png, images[20:])))
    check("LMDB for each split", folder / "splits", images, None)
    import pickle

    refused("LMDB of pickles", database("pickles", zip(keys, map(pickle.dumps, images))), "a pickle of Python")
    several = folder / "several"
    with lmdb.open(str(several), map_size=1 << 26, max_dbs=2) as environment:
        inner = environment.open_db(b"inner")
        with environment.begin(write=True, db=inner) as transaction:
            transaction.put(b"1", png(images[0]))
    refused("LMDB within LMDB", several, "databases within the database")
    whole = (folder / "many" / "data.mdb").read_bytes()
    for name, size in (("half", len(whole) // 2), ("start", 5000), ("header", 100)):
        cut = folder / f"{name}.mdb"
        cut.write_bytes(whole[:size])
        refused(f"LMDB cut to its {name}", cut, "cut short")


def tensor(array):
    """TensorFlow's TensorProto, as tf.io.serialize_tensor writes it: dtype 1, tensor_shape 2 (dim 2, size 1), tensor_content 4."""
    kinds = {"float32": 1, "uint8": 4}
    dims = b"".join(b"\x12" + varint(len(d)) + d for d in (b"\x08" + varint(size) for size in array.shape))
    content = array.tobytes()
    return b"\x08" + varint(kinds[array.dtype.name]) + b"\x12" + varint(len(dims)) + dims + b"\x22" + varint(len(content)) + content


def records(name, examples, pack=False):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = tfrecord.TFRecordWriter(str(path))
    for example in examples:
        writer.write(example)
    writer.close()
    if pack:
        path.write_bytes(gzip.compress(path.read_bytes()))
    # Whoever reads it besides: the package's own reader.
    kind = "gzip" if pack else None
    assert len(list(tfrecord.tfrecord_loader(str(path), None, compression_type=kind))) == len(examples)
    return path


def tensorflow_records():
    pictures = [{"image/encoded": (png(i), "byte"), "image/class/label": (int(l), "int")} for i, l in zip(images, labels)]
    check("TFRecord of PNG", records("a.tfrecord", pictures), images, labels)
    check("TFRecord in gzip", records("b.tfrecords.gz", pictures, pack=True), images, labels)
    records("shards/x-train-00000-of-00002", pictures[:10])
    records("shards/x-train-00001-of-00002", pictures[10:20])
    records("shards/x-validation-00000-of-00001", pictures[20:])
    check("TFRecord in pieces", folder / "shards", images, labels)
    shape = {"height": (12, "int"), "width": (10, "int"), "depth": (3, "int")}
    raw = [{"image_raw": (i.tobytes(), "byte"), "label": (int(l), "int"), **shape} for i, l in zip(images, labels)]
    check("TFRecord of pixels", records("raw.tfrecord", raw), images, labels)
    planes = numpy.moveaxis(images, 3, 1)
    gan = [{"shape": (list(p.shape), "int"), "data": (p.tobytes(), "byte")} for p in planes]
    small = [{"shape": ([3, 6, 5], "int"), "data": (p[:, ::2, ::2].tobytes(), "byte")} for p in planes]
    records("gan/x-r03.tfrecords", small)
    records("gan/x-r04.tfrecords", gan)
    check("ProGAN's TFRecord", folder / "gan", images, None)
    floats = [{"image": ((g / numpy.float32(255)).reshape(-1).tolist(), "float"), "label": (int(l), "int")} for g, l in zip(grey, labels)]
    check("TFRecord of floats", records("floats.tfrecord", floats), grey, labels, "--layout", "flat:12x10")
    tensors = [{"image": (tensor(i), "byte"), "label": (b"class %d" % l, "byte")} for i, l in zip(images, labels)]
    check("TFRecord of tensors", records("tensors.tfrecord", tensors), images, labels)
    changed = bytearray((folder / "a.tfrecord").read_bytes())
    changed[5000] ^= 1
    (folder / "changed.tfrecord").write_bytes(changed)
    refused("TFRecord that was changed", folder / "changed.tfrecord", "wrong checksum")
    (folder / "cut.tfrecord").write_bytes(changed[:4000])
    refused("TFRecord that was cut", folder / "cut.tfrecord", "cut short")


def saved(name, value, **options):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(value, path, **options)
    return path


def tensors():
    pixels, numbers = torch.from_numpy(images), torch.from_numpy(labels)
    check("tensor of bytes", saved("t.pt", pixels), images, None)
    check("pair of tensors", saved("pair.pth", (pixels, numbers)), images, labels)
    check("dictionary of tensors", saved("dict.bin", {"images": pixels, "labels": numbers}), images, labels)
    check("tensor of floats", saved("floats.pt", {"x": pixels.permute(0, 3, 1, 2) / 255, "y": numbers}), images, labels)
    check("tensor of halves", saved("half.pt", (pixels.permute(0, 3, 1, 2).contiguous() / 255).half()), images, None)
    check("tensor of long integers", saved("long.pt", {"x": pixels.long(), "y": labels.tolist()}), images, labels)
    check("tensor in part", saved("part.pt", torch.cat([pixels, pixels])[15:45]), numpy.roll(images, -15, 0), None)
    check("tensor with gaps", saved("gaps.pt", pixels[::2, :, 1:9]), images[::2, :, 1:9], None)
    saved("processed/training.pt", (pixels[:20, :, :, 0].clone(), numbers[:20].clone()))
    saved("processed/test.pt", (pixels[20:, :, :, 0].clone(), numbers[20:].clone()))
    check("torchvision's training.pt", folder / "processed", grey, labels)
    both = {"train": {"images": pixels[:20], "labels": numbers[:20]}, "test": {"images": pixels[20:], "labels": numbers[20:]}}
    check("dictionaries for splits", saved("splits.pt", both), images, labels)
    refused("tensor of the old form", saved("old.pt", pixels, _use_new_zipfile_serialization=False), "before PyTorch 1.6")
    refused("tensor that repeats", saved("expanded.pt", pixels[:1].expand(9, -1, -1, -1)), "repeats its numbers")
    refused("data set of PyTorch's", saved("set.pt", torch.utils.data.TensorDataset(pixels)), "which is not allowed")
    refused("model of PyTorch's", saved("model.pth", torch.nn.Linear(3, 4).state_dict()), "holds no array of images")
    torch.jit.script(torch.nn.Linear(3, 4)).save(str(folder / "script.pt"))
    refused("program of TorchScript", folder / "script.pt", "a program of TorchScript")


def parquet():
    """The lines of docs/data.md, as they stand there."""
    import pyarrow
    from pyarrow import parquet

    page = (pathlib.Path(__file__).parents[2] / "docs" / "data.md").read_text()
    lines = re.search(r"```python\n(.*?pyarrow.*?)```", page, re.S).group(1)
    place = folder / "tables"
    place.mkdir(exist_ok=True)
    for name, part in (("train-00000-of-00002", slice(0, 10)), ("train-00001-of-00002", slice(10, 20)), ("test-00000-of-00001", slice(20, 30))):
        column = [{"bytes": png(i), "path": None} for i in images[part]]
        table = pyarrow.table({"image": column, "label": labels[part]})
        parquet.write_table(table, place / f"{name}.parquet")
    subprocess.run([sys.executable, "-c", lines], cwd=place, check=True)
    check("Parquet by way of a folder", place / "pictures", images, labels)


lmdb_databases()
tensorflow_records()
tensors()
parquet()

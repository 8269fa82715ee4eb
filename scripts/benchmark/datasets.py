"""Images to train on, made once and kept."""

import random
import struct
import subprocess

from ours import PROGRAMS, ROOT, Failed, last_line


def tributary(*arguments):
    done = subprocess.run([PROGRAMS / "tributary", *map(str, arguments)], capture_output=True, text=True)
    if done.returncode:
        raise Failed(last_line(done.stderr))
    return done.stdout


def faces(folder, size, count):
    """Drawn faces, four fifths of them for training."""
    path = folder / f"faces-{size}-{count}.h5"
    if not path.exists():
        print(f"drawing {count} faces of {size} x {size} pixels", flush=True)
        tributary("data", "synthesize", "faces", "--count", count, "--size", size, "--out", path)
    return path


# As bright as MNIST's pixels, 13 of 100 above a half.
DARK = bytes(255 if value < 34 else 0 for value in range(256))


def digits(folder, count):
    """Random images in the shape of MNIST, of which as many pixels are bright as there: 13 of 100."""
    path = folder / f"dark-digits-{count}.h5"
    if not path.exists():
        source = folder / "digits"
        source.mkdir(exist_ok=True)
        generator = random.Random(1)
        for prefix, images in (("train", count), ("t10k", 1000)):
            # One by one: so many bits at once are more than Python's generator gives.
            pixels = b"".join(generator.randbytes(784).translate(DARK) for _ in range(images))
            write_idx(source / f"{prefix}-images-idx3-ubyte", (images, 28, 28), pixels)
            write_idx(source / f"{prefix}-labels-idx1-ubyte", (images,), bytes(images))
        tributary("data", "import", "mnist", source, "--out", path)
    return path


def write_idx(path, shape, content):
    header = struct.pack(f">HBB{len(shape)}I", 0, 8, len(shape), *shape)
    path.write_bytes(header + content)


def mnist(folder):
    """MNIST itself where its four files are beside the repository, else None."""
    source = ROOT.parent / "shared/data/mnist"
    path = folder / "mnist.h5"
    if not path.exists() and source.is_dir():
        tributary("data", "import", "mnist", source, "--out", path)
    return path if path.exists() else None

"""Prints the expected values of Tests/PicturesTests/PillowValues.swift.

python3 -m venv .venv && .venv/bin/pip install pillow==13.0.0
.venv/bin/python scripts/reference/resize.py > Tests/PicturesTests/PillowValues.swift
swift format -i Tests/PicturesTests/PillowValues.swift

Pictures are made by a formula, so that both sides can make them: value(x, y, c) is below.
The committed values are Pillow's for resizing, and Pillow's encoding and decoding for JPEG.
"""

import io
import zlib

from PIL import Image


def value(x: int, y: int, c: int) -> int:
    return (x * 7 + y * 13 + c * 101 + (x * y) % 31 * 5) % 256


def picture(width: int, height: int, channels: int) -> Image.Image:
    data = bytes(value(x, y, c) for y in range(height) for x in range(width) for c in range(channels))
    return Image.frombytes("L" if channels == 1 else "RGB", (width, height), data)


def smooth(width: int, height: int) -> Image.Image:
    data = bytes(
        v for y in range(height) for x in range(width) for v in (x * 5, y * 5, 255 - x * 3 - y * 2)
    )
    return Image.frombytes("RGB", (width, height), data)


def case(source, target, channels, name, method) -> str:
    resized = picture(*source, channels).resize(target, method).tobytes()
    return (
        f"    ResizeCase(source: {source}, target: {target}, channels: {channels}, filter: .{name},"
        f" head: {list(resized[:12])}, checksum: {zlib.adler32(resized)}),"
    )


def jpeg(name: str, image: Image.Image) -> str:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=85)
    decoded = Image.open(io.BytesIO(buffer.getvalue())).tobytes()
    return (
        f"let {name}File = \"{buffer.getvalue().hex()}\"\n"
        f"let {name}Head: [UInt8] = {list(decoded[:12])}\n"
        f"let {name}Checksum = {zlib.adler32(decoded)}"
    )


print("// Made by scripts/reference/resize.py with Pillow 13.0.0. Checksums are Adler-32.\n\nimport Pictures\n")
print("let pillowResizeCases: [ResizeCase] = [")
for name, method in [("bilinear", Image.Resampling.BILINEAR), ("lanczos", Image.Resampling.LANCZOS)]:
    print(case((178, 218), (64, 78), 3, name, method))
    print(case((148, 148), (64, 64), 3, name, method))
    print(case((37, 23), (11, 40), 1, name, method))
    print(case((16, 16), (5, 16), 3, name, method))
    print(case((3, 5), (50, 1), 1, name, method))
print("]\n")
print(jpeg("colorJPEG", smooth(32, 24)))
print(jpeg("greyJPEG", picture(16, 16, 1)))

"""Prints Tests/PicturesTests/PillowPictures.swift: small drawn pictures of every kind, and what Pillow makes of them.

python3 -m venv .venv && .venv/bin/pip install pillow==13.0.0 numpy==2.4.4
.venv/bin/python scripts/reference/pictures.py > Tests/PicturesTests/PillowPictures.swift
swift format -i Tests/PicturesTests/PillowPictures.swift

The rules are those of `Pictures.Picture`: upright by EXIF, transparency over white, CMYK by `convert("RGB")`, of 16 bits the upper eight.
"""

import base64
import io
import struct
import zlib

import numpy
from PIL import Image, ImageOps

WIDTH, HEIGHT = 24, 16


def drawn(channels: int) -> numpy.ndarray:
    """Smooth colours with an edge, no two corners alike."""
    y, x = numpy.mgrid[0:HEIGHT, 0:WIDTH]
    planes = [x * 10, y * 15, 255 - x * 5 - y * 7, 40 + x * 4 + y * 6]
    values = numpy.stack(planes[:channels], axis=-1).clip(0, 255).astype(numpy.uint8)
    values[2:6, 3:9] = 250
    return values


def picture(mode: str) -> Image.Image:
    channels = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4, "CMYK": 4}[mode]
    values = drawn(4)[..., 4 - channels :] if mode == "LA" else drawn(channels)
    return Image.fromarray(values[..., 0] if channels == 1 else values, mode)


def encoded(image: Image.Image, kind: str, **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def exif(orientation: int) -> bytes:
    tags = Image.Exif()
    tags[0x0112] = orientation
    return tags.tobytes()


def png(depth: int, color: int, rows: list[bytes], *chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG of a kind that Pillow does not write."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, depth, color, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + row for row in rows))
    extra = b"".join(chunk(name, body) for name, body in chunks)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def wide_rows(values: numpy.ndarray) -> list[bytes]:
    """16 bits a value: the lower eight are not the upper ones again."""
    wide = values.astype(numpy.uint16) * 256 + 255 - values
    return [row.astype(">u2").tobytes() for row in wide]


def packed_rows(values: numpy.ndarray, depth: int) -> list[bytes]:
    bits = (values[..., 0] >> (8 - depth)).astype(numpy.uint8)
    shifts = range(depth - 1, -1, -1)
    return [numpy.packbits([(v >> s) & 1 for v in row for s in shifts]).tobytes() for row in bits]


def expected(data: bytes) -> numpy.ndarray:
    image = Image.open(io.BytesIO(data))
    image.load()
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I"):
        return (numpy.asarray(image).astype(numpy.uint32) >> 8).astype(numpy.uint8)
    if image.has_transparency_data:
        grey = image.mode in ("LA", "L", "1")
        flat = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image.convert("RGBA")).convert("RGB")
        return numpy.asarray(flat)[..., 0] if grey else numpy.asarray(flat)
    return numpy.asarray(image.convert("L" if image.mode in ("L", "1") else "RGB"))


def junk(data: bytes) -> bytes:
    """Three bytes before the second marker, which Pillow passes over."""
    place = 2 + 2 + struct.unpack(">H", data[4:6])[0]
    return data[:place] + b"abc" + data[place:]


palette = picture("RGB").quantize(16, dither=Image.Dither.NONE)
cases: list[tuple[str, bytes]] = []
for turn in range(1, 9):
    cases.append((f"JPEG turned {turn}", encoded(picture("RGB"), "JPEG", quality=90, exif=exif(turn))))
cases += [
    ("JPEG grey", encoded(picture("L"), "JPEG", quality=90)),
    ("JPEG CMYK", encoded(picture("CMYK"), "JPEG", quality=90)),
    ("JPEG progressive", encoded(picture("RGB"), "JPEG", quality=90, progressive=True)),
    ("JPEG full chroma", encoded(picture("RGB"), "JPEG", quality=90, subsampling=0)),
    ("JPEG with junk", junk(encoded(picture("RGB"), "JPEG", quality=90))),
    ("PNG grey", encoded(picture("L"), "PNG")),
    ("PNG RGB", encoded(picture("RGB"), "PNG")),
    ("PNG grey and alpha", encoded(picture("LA"), "PNG")),
    ("PNG RGBA", encoded(picture("RGBA"), "PNG")),
    ("PNG palette", encoded(palette, "PNG")),
    ("PNG palette with transparency", encoded(palette, "PNG", transparency=bytes(range(0, 256, 17)))),
    ("PNG 1 bit", encoded(picture("L").convert("1", dither=Image.Dither.NONE), "PNG")),
    ("PNG 4 bits", png(4, 0, packed_rows(drawn(1), 4))),
    ("PNG grey 16 bits", png(16, 0, wide_rows(drawn(1)[..., 0]))),
    ("PNG RGB 16 bits", png(16, 2, wide_rows(drawn(3).reshape(HEIGHT, -1)))),
    ("PNG with gamma", png(8, 2, [row.tobytes() for row in drawn(3)], (b"gAMA", struct.pack(">I", 100000)))),
    ("PNG turned 6", encoded(picture("RGB"), "PNG", exif=exif(6))),
    ("WebP", encoded(picture("RGB"), "WEBP", quality=90)),
    ("WebP lossless", encoded(picture("RGB"), "WEBP", lossless=True)),
    ("WebP RGBA", encoded(picture("RGBA"), "WEBP", lossless=True, exact=True)),
    ("WebP turned 8", encoded(picture("RGB"), "WEBP", lossless=True, exif=exif(8))),
]

print("// Made by scripts/reference/pictures.py with Pillow 13.0.0, from drawn pixels.\n\nimport Foundation\n")
print("/// A picture file, and the pixels that Pillow makes of it.\nstruct PillowPicture: Sendable {")
print("    let name: String\n    let file: String\n    let width: Int\n    let height: Int\n    let pixels: String\n}\n")
print("let pillowPictures: [PillowPicture] = [")
for name, data in cases:
    pixels = expected(data)
    height, width = pixels.shape[:2]
    print(f'    PillowPicture(name: "{name}", file: "{base64.b64encode(data).decode()}",')
    print(f"        width: {width}, height: {height}, pixels: \"{base64.b64encode(pixels.tobytes()).decode()}\"),")
print("]")

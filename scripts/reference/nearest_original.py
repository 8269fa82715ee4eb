"""Do reconstructions show their own originals? For each held-out image: the share of the other originals that its
reconstruction is farther from (squared error) than from its own.

    scripts/reference/nearest_original.py PICTURE.png SIZE

reads the grid that `tributary reconstruct --checkpoint RUN --data FILE.h5 --count 4096 --out PICTURE.png` writes, whose images
are SIZE pixels wide. Prints the least share, the mean, and how many reconstructions reach 95 %. Needs NumPy and Pillow.
"""

import sys

import numpy as np
from PIL import Image

PADDING = 2
PAIRS_IN_A_ROW = 4


def tiles(path, size):
    """The grid's images, (N, size * size * channels), without the blank ones at its end."""
    grid = np.asarray(Image.open(path)).astype(np.float64)
    step = size + PADDING
    places = [
        (PADDING + step * row, PADDING + step * column)
        for row in range(grid.shape[0] // step)
        for column in range(2 * PAIRS_IN_A_ROW)
    ]
    images = np.stack([grid[y : y + size, x : x + size].reshape(-1) for y, x in places])
    while (images[-1] == 255).all():
        images = images[:-1]
    return images


def main(path, size):
    images = tiles(path, int(size))
    originals, reconstructions = images[0::2], images[1::2]
    # |r - x|² = |r|² - 2 r·x + |x|²; the first term is the same for all originals of a reconstruction.
    distances = (originals**2).sum(1)[None, :] - 2 * reconstructions @ originals.T
    own = np.diag(distances)
    shares = (distances > own[:, None]).sum(1) / (len(originals) - 1)
    reached = (shares >= 0.95).sum()
    print(
        f"{len(originals)} held-out images: a reconstruction is nearer to its own original than {shares.min():.1%} of the "
        f"others at least, {shares.mean():.2%} on average; {reached} reach 95 %"
    )


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])

"""Rebuilds a trained model in PyTorch from its checkpoint alone, reconstructs held-out images with it, and asks of each
reconstruction how many of the other originals are farther from it (squared error) than its own.

    python scripts/interchange/reconstruct_with_pytorch.py CHECKPOINT DATASET [LEAST_SHARE]

Fails where the share is below LEAST_SHARE (0.95) for any image.
"""

import json
import sys

import h5py
import numpy as np
import torch
import torch.nn.functional as F

EPSILON = 1e-5


def layers(network):
    """(name, settings) of each layer: a layer is a bare word, or a name with its settings."""
    for layer in network:
        yield (layer, {}) if isinstance(layer, str) else next(iter(layer.items()))


def apply(file, name, network, x):
    """The result of a network in inference mode."""
    for index, (kind, settings) in enumerate(layers(network)):
        x = LAYERS[kind](Tensors(file, f"{name}/{index}/{kind}"), x, settings)
    return x


class Tensors:
    """The parameters and statistics of a layer by their last names; those it has not are None."""

    def __init__(self, file, path):
        self.file, self.path = file, path

    def __getitem__(self, name):
        for group in ("parameters", "statistics"):
            found = self.file[group].get(f"{self.path}/{name}")
            if found is not None:
                return torch.from_numpy(found[()]).double()
        return None


def linear(tensors, x, _={}):
    return F.linear(x, tensors["weight"], tensors["bias"])


def convolution(tensors, x, settings):
    return F.conv2d(x, tensors["weight"], tensors["bias"], settings.get("stride", 1), settings.get("padding", 0))


def transposed_convolution(tensors, x, settings):
    stride, padding, trim = (settings.get(key, other) for key, other in (("stride", 1), ("padding", 0), ("trim", 0)))
    y = F.conv_transpose2d(x, tensors["weight"], tensors["bias"], stride, padding)
    return y[:, :, : y.shape[2] - trim, : y.shape[3] - trim]


def batch_normalization(tensors, x, settings):
    mean, variance, scale, offset = (tensors[name] for name in ("mean", "variance", "scale", "offset"))
    return F.batch_norm(x, mean, variance, scale, offset, training=False, eps=settings.get("epsilon", EPSILON))


LAYERS = {
    "linear": linear,
    "convolution": convolution,
    "transposed_convolution": transposed_convolution,
    "batch_normalization": batch_normalization,
    "leaky_relu": lambda _, x, settings: F.leaky_relu(x, settings["slope"]),
    "relu": lambda _, x, settings: F.relu(x),
    "sigmoid": lambda _, x, settings: torch.sigmoid(x),
    "dropout": lambda _, x, settings: x,
    "dropout_2d": lambda _, x, settings: x,
    "flatten": lambda _, x, settings: x.flatten(1),
    "reshape": lambda _, x, shape: x.view(-1, *shape),
}


def held_out(path):
    """The images of the split `valid`, in [0, 1]."""
    with h5py.File(path, "r") as file:
        row = next(row for row in file.attrs["split"] if row["split"] == b"valid" and row["source"] == b"features")
        return torch.from_numpy(file["features"][row["start"] : row["stop"]] / 255.0)


def reconstruct(path, images):
    """The mean of the posterior through the decoder, whose last layer makes pixels."""
    with h5py.File(path, "r") as file:
        model = json.loads(file["contract"].asstr()[()])["configuration"]["model"]
        features = apply(file, "encoder", model["encoder"], images)
        return apply(file, "decoder", model["decoder"], linear(Tensors(file, "encoder/mean"), features))


checkpoint, dataset = sys.argv[1:3]
least = float(sys.argv[3]) if len(sys.argv) > 3 else 0.95
images = held_out(dataset)
with torch.no_grad():
    reconstructions = torch.cat([reconstruct(checkpoint, part) for part in images.split(64)])
errors = torch.cdist(reconstructions.flatten(1), images.flatten(1)) ** 2
own = errors.diagonal()
shares = (errors > own[:, None]).double().sum(dim=1) / (len(images) - 1)
print(
    f"{len(images)} held-out images: squared error {own.mean():.1f}, nearer to its own original than "
    f"{100 * shares.mean():.2f} % of the others on average, {100 * shares.min():.2f} % at worst."
)
sys.exit(0 if shares.min() >= least else 1)

"""One training step of the presets in Float64 PyTorch, for Tests/OneDNNTests/PyTorchStepTests.swift.

Both sides make their own parameters, pixels, noise and dropout masks from the keyed streams, and differentiate the SUM over
a microbatch of reconstruction + divergence. What is recorded of the gradient is, for each tensor, its norm and its products
with 64 keyed vectors of ±1, which suffice to estimate the norm of a difference (philox.py).

    python scripts/reference/training_step.py                         write scripts/reference/*_step.json
    python scripts/reference/training_step.py --compare PRESET FILE   compare a gradient (float32, little-endian, all tensors
                                                                      in order), and fail where it is out of bounds
    python scripts/reference/training_step.py --search PRESET         look for examples away from the kinks of the loss
"""

import functools
import json
import pathlib
import sys

import numpy as np
import torch
import torch.nn.functional as F

from philox import Stream, projections

SEED = 7
MICROBATCH = 8

# The keys of noise, as Sources/VAE gives them: that of a layer is its network's plus its index.
LATENT_KEY = 0
NETWORK_KEYS = {"encoder": 0x1000, "decoder": 0x2000, "classifier": 0x2800}

# The number of each preset's first example. A LeakyReLU has no derivative at 0, and an input as near to it as float32
# rounds may fall on either side: one such element among 3.5 million changes a tensor's gradient by 1e-3. So the step is
# taken where none is that near; --search finds such a place.
FIRST_EXAMPLE = {"mlp": 32, "mnist": 1704, "face-64": 976, "face-128": 2320, "face-128-upsampling": 344, "blocks": 2976}


@functools.cache
def initial_numbers(index, count):
    """The numbers in (0, 1) that the parameter tensor of that index starts from."""
    return Stream(SEED, "initialisation", example=index).uniform(count)


class Step:
    """The parameters and the randomness of one microbatch, made when a model asks for them, in the order of the table."""

    def __init__(self, first):
        self.examples = range(first, first + MICROBATCH)
        self.parameters = {}
        self.nearest_kink = np.inf

    def parameter(self, name, values):
        tensor = torch.from_numpy(np.float32(values).astype(np.float64)).requires_grad_()
        self.parameters[name] = tensor
        return tensor

    def uniform(self, name, shape, fan_in):
        """Initialised as PyTorch's layers are: uniform within ±1/√fan_in. A network that is applied again has the same parameters."""
        if name in self.parameters:
            return self.parameters[name]
        numbers = initial_numbers(len(self.parameters), int(np.prod(shape)))
        return self.parameter(name, ((2 * numbers - 1) * (1 / np.sqrt(fan_in))).reshape(shape))

    def noise(self, draw, key, shape):
        """What `draw` makes of each row's stream, (B, …)."""
        count = int(np.prod(shape[1:]))
        rows = [draw(self.stream(key, row), count).reshape(shape[1:]) for row in range(MICROBATCH)]
        return torch.from_numpy(np.stack(rows))

    def stream(self, operator, row):
        """Odd rows are in their second pass."""
        return Stream(SEED, operator, passes=row % 2, example=self.examples[row])

    def pixels(self, shape):
        """Bytes as they come from a file, in [0, 1], (B, C, H, W)."""
        count = int(np.prod(shape))
        rows = [self.stream("synthesis", row).bits(count) >> np.uint32(24) for row in range(MICROBATCH)]
        return torch.from_numpy(np.stack(rows).reshape(MICROBATCH, *shape) / 255)

    def linear(self, path, x, units):
        weight = self.uniform(f"{path}/weight", (units, x.shape[1]), x.shape[1])
        return F.linear(x, weight, self.uniform(f"{path}/bias", (units,), x.shape[1]))

    def posterior(self, features, latents):
        """The mean, the log variance and a sample of the latents."""
        mean = self.linear("encoder/mean", features, latents)
        log_variance = self.linear("encoder/log_variance", features, latents)
        noise = self.noise(Stream.normal, LATENT_KEY, mean.shape)
        return mean, log_variance, mean + noise * torch.exp(log_variance / 2)


class Network:
    """Layers one after another. A layer's place gives its tensors their names and its noise its key."""

    def __init__(self, step, name, x, keys=None):
        self.step, self.name, self.x, self.index = step, name, x, -1
        # The keys of the noise of its own layers, and of those within them.
        self.own, self.within = keys or (NETWORK_KEYS[name], NETWORK_KEYS[name] + 512)

    def enter(self, kind):
        self.index += 1
        return f"{self.name}/{self.index}/{kind}"

    def linear(self, units):
        self.x = self.step.linear(self.enter("linear"), self.x, units)

    def residual(self, count, layers):
        """x + f(x), f being so many layers; x is projected where shapes differ."""
        path, x = self.enter("residual"), self.x
        block = Network(self.step, path, x, (self.within, self.within + count))
        layers(block)
        assert block.index == count - 1
        self.within = block.within
        if block.x.shape != x.shape and x.dim() == 2:
            weight = self.step.uniform(f"{path}/projection/weight", (block.x.shape[1], x.shape[1]), x.shape[1])
            x = F.linear(x, weight)
        elif block.x.shape != x.shape:
            shape = (block.x.shape[1], x.shape[1], 1, 1)
            weight = self.step.uniform(f"{path}/projection/weight", shape, x.shape[1])
            x = F.conv2d(x, weight, stride=-(-x.shape[2] // block.x.shape[2]))
        self.x = x + block.x

    def group_normalization(self, groups):
        path, channels = self.enter("group_normalization"), self.x.shape[1]
        scale = self.step.parameter(f"{path}/scale", np.ones(channels))
        offset = self.step.parameter(f"{path}/offset", np.zeros(channels))
        self.x = F.group_norm(self.x, groups, scale, offset, eps=1e-5)

    def function(self, kind, function):
        """A layer without tensors and noise."""
        self.enter(kind)
        self.x = function(self.x)

    def silu(self):
        self.function("silu", F.silu)

    def elu(self):
        self.function("elu", F.elu)

    def upsampling(self):
        self.function("upsampling", lambda x: F.interpolate(x, scale_factor=2, mode="nearest"))

    def convolution(self, filters, stride, bias):
        """Window 3, padding 1."""
        path, inputs = self.enter("convolution"), self.x.shape[1]
        weight = self.step.uniform(f"{path}/weight", (filters, inputs, 3, 3), inputs * 9)
        bias = self.step.uniform(f"{path}/bias", (filters,), inputs * 9) if bias else None
        self.x = F.conv2d(self.x, weight, bias, stride=stride, padding=1)

    def transposed_convolution(self, filters, stride, padding, trim=0, window=3, trim_columns=None):
        """PyTorch takes the weight's second axis for the fan in."""
        path = self.enter("transposed_convolution")
        weight = self.step.uniform(f"{path}/weight", (self.x.shape[1], filters, window, window), filters * window**2)
        bias = self.step.uniform(f"{path}/bias", (filters,), filters * window**2)
        y = F.conv_transpose2d(self.x, weight, bias, stride=stride, padding=padding)
        columns = trim if trim_columns is None else trim_columns
        self.x = y[:, :, : y.shape[2] - trim, : y.shape[3] - columns]

    def batch_normalization(self):
        path, channels = self.enter("batch_normalization"), self.x.shape[1]
        scale = self.step.parameter(f"{path}/scale", np.ones(channels))
        offset = self.step.parameter(f"{path}/offset", np.zeros(channels))
        self.x = F.batch_norm(self.x, None, None, scale, offset, training=True, eps=1e-5)

    def leaky_relu(self, slope):
        self.enter("leaky_relu")
        self.step.nearest_kink = min(self.step.nearest_kink, self.x.detach().abs().min().item())
        self.x = F.leaky_relu(self.x, slope)

    def dropout_2d(self, probability):
        self.enter("dropout_2d")
        keep = np.float64(np.float32(1 - probability))
        shape = (*self.x.shape[:2], 1, 1)
        mask = self.step.noise(lambda stream, n: stream.bernoulli(n, keep), self.own + self.index, shape)
        self.x = self.x * mask / keep

    def normalized(self, dropout):
        self.batch_normalization()
        self.leaky_relu(0.1)
        if dropout:
            self.dropout_2d(0.25)

    def flatten(self):
        self.enter("flatten")
        self.x = self.x.flatten(1)

    def reshape(self, *shape):
        self.enter("reshape")
        self.x = self.x.view(-1, *shape)


def divergence(mean, log_variance):
    return 0.5 * (log_variance.exp() + mean**2 - 1 - log_variance).sum()


def mlp(step):
    """784-400-128 on binary pixels, Bernoulli likelihood."""
    x = (step.pixels((1, 28, 28)) > 0.5).double()
    encoder = Network(step, "encoder", x)
    encoder.flatten()
    encoder.linear(400)
    encoder.leaky_relu(0)
    mean, log_variance, latents = step.posterior(encoder.x, 128)
    decoder = Network(step, "decoder", latents)
    decoder.linear(400)
    decoder.leaky_relu(0)
    decoder.linear(784)
    decoder.reshape(1, 28, 28)
    return F.binary_cross_entropy_with_logits(decoder.x, x, reduction="sum"), divergence(mean, log_variance)


def mnist(step):
    """Convolutions down to 7 × 7 and up again, two latents, squared error."""
    x = step.pixels((1, 28, 28))
    encoder = Network(step, "encoder", x)
    for filters, stride in ((32, 1), (64, 2), (64, 2)):
        encoder.convolution(filters, stride, bias=True)
        encoder.leaky_relu(0.01)
    encoder.convolution(64, 1, bias=True)
    encoder.flatten()
    mean, log_variance, latents = step.posterior(encoder.x, 2)
    decoder = Network(step, "decoder", latents)
    decoder.linear(3136)
    decoder.reshape(64, 7, 7)
    for filters, stride, padding in ((64, 1, 1), (64, 2, 1), (32, 2, 0)):
        decoder.transposed_convolution(filters, stride, padding)
        decoder.leaky_relu(0.01)
    decoder.transposed_convolution(1, 1, 0, trim=1)
    return ((torch.sigmoid(decoder.x) - x) ** 2).sum(), divergence(mean, log_variance)


def faces(size, latents, dropout, weight):
    """The face presets: four convolutions down to size/16, four transposed ones up again, weighted squared error."""

    def model(step):
        x = step.pixels((3, size, size))
        encoder = Network(step, "encoder", x)
        for filters in (32, 64, 64, 64):
            encoder.convolution(filters, stride=2, bias=False)
            encoder.normalized(dropout)
        encoder.flatten()
        mean, log_variance, sample = step.posterior(encoder.x, latents)
        decoder = Network(step, "decoder", sample)
        decoder.linear(64 * (size // 16) ** 2)
        decoder.reshape(64, size // 16, size // 16)
        for filters, padding in ((64, 0), (64, 1), (32, 1)):
            decoder.transposed_convolution(filters, 2, padding)
            decoder.normalized(dropout)
        decoder.transposed_convolution(3, 2, 1, trim=1)
        return ((torch.sigmoid(decoder.x) - x) ** 2).sum(), divergence(mean, log_variance)

    model.reconstruction_weight = weight
    return model


def faces_upsampling(step):
    """face-128 with pixels repeated and windows slid over them in place of transposed convolutions."""
    x = step.pixels((3, 128, 128))
    encoder = Network(step, "encoder", x)
    for filters in (32, 64, 64, 64):
        encoder.convolution(filters, stride=2, bias=False)
        encoder.normalized(True)
    encoder.flatten()
    mean, log_variance, sample = step.posterior(encoder.x, 200)
    decoder = Network(step, "decoder", sample)
    decoder.linear(4096)
    decoder.reshape(64, 8, 8)
    for filters in (64, 64, 32):
        decoder.upsampling()
        decoder.convolution(filters, stride=1, bias=True)
        decoder.normalized(True)
    decoder.upsampling()
    decoder.convolution(3, stride=1, bias=True)
    return ((torch.sigmoid(decoder.x) - x) ** 2).sum(), divergence(mean, log_variance)


def blocks(step):
    """BlockModel of Tests/OneDNNTests: the layers that no preset has."""
    x = step.pixels((2, 13, 12))
    encoder = Network(step, "encoder", x)
    encoder.convolution(8, 1, bias=True)
    encoder.group_normalization(4)
    encoder.silu()
    encoder.function("max_pooling", lambda x: F.max_pool2d(x, 2))

    def halving(block):
        block.convolution(8, 1, bias=True)
        block.elu()
        block.dropout_2d(0.25)
        block.convolution(12, 2, bias=True)

    def normalised(block):
        block.batch_normalization()
        block.leaky_relu(0.1)
        block.convolution(12, 1, bias=True)

    def features(block):
        block.linear(16)
        block.silu()

    encoder.residual(4, halving)
    encoder.residual(3, normalised)
    encoder.function("average_pooling", lambda x: F.avg_pool2d(x, 3))
    encoder.flatten()
    encoder.residual(2, features)
    mean, log_variance, latents = step.posterior(encoder.x, 5)
    decoder = Network(step, "decoder", latents)
    decoder.linear(72)
    decoder.reshape(8, 3, 3)
    decoder.upsampling()

    def inner(block):
        block.convolution(8, 1, bias=True)
        block.silu()

    def outer(block):
        block.residual(2, inner)
        block.group_normalization(8)

    decoder.residual(2, outer)
    decoder.upsampling()
    decoder.convolution(2, 1, bias=True)
    decoder.transposed_convolution(2, 1, 0, window=2, trim=0, trim_columns=1)
    return ((torch.sigmoid(decoder.x) - x) ** 2).sum(), divergence(mean, log_variance)


MODELS = {
    "mlp": mlp,
    "mnist": mnist,
    "face-64": faces(64, 128, dropout=False, weight=4),
    "face-128": faces(128, 200, dropout=True, weight=1),
    "face-128-upsampling": faces_upsampling,
    "blocks": blocks,
}


def differentiate(preset):
    """The terms of the loss, and each tensor's gradient by name."""
    step = Step(FIRST_EXAMPLE[preset])
    terms = MODELS[preset](step)
    (getattr(MODELS[preset], "reconstruction_weight", 1) * terms[0] + sum(terms[1:])).backward()
    gradient = {name: tensor.grad.numpy().reshape(-1) for name, tensor in step.parameters.items()}
    return step, [term.item() for term in terms], gradient


def norm_of_all(gradient):
    return float(np.sqrt(sum(np.sum(part**2) for part in gradient.values())))


def record(preset):
    step, (reconstruction, kl, *_), gradient = differentiate(preset)
    header = {
        "pytorch": torch.__version__,
        "seed": SEED,
        "microbatch": MICROBATCH,
        "firstExample": FIRST_EXAMPLE[preset],
        "nearestKink": step.nearest_kink if np.isfinite(step.nearest_kink) else None,
        "reconstruction": reconstruction,
        "divergence": kl,
        "normOfAll": norm_of_all(gradient),
    }
    tensors = [
        {
            "name": name,
            "count": len(part),
            "norm": float(np.linalg.norm(part)),
            "projections": [float(f"{value:.9e}") for value in projections(part, index)],
        }
        for index, (name, part) in enumerate(gradient.items())
    ]
    lines = ",\n".join(json.dumps(tensor) for tensor in tensors)
    path = pathlib.Path(__file__).with_name(f"{preset.replace('-', '_')}_step.json")
    path.write_text(json.dumps(header)[:-1] + f', "tensors": [\n{lines}\n]}}\n')


def compare(preset, file):
    """Prints each tensor's error beside its bound 1e-4 ‖g‖ + 1e-6 ‖g of all‖, and returns whether all keep theirs."""
    _, _, gradient = differentiate(preset)
    other = np.fromfile(file, dtype="<f4").astype(np.float64)
    count = sum(map(len, gradient.values()))
    assert len(other) == count, f"{file} holds {len(other)} numbers, and {preset} has {count} parameters"
    floor, offset, passed = 1e-6 * norm_of_all(gradient), 0, True
    print(f"{'tensor':40} {'norm':>10} {'error':>10} {'bound':>10}")
    for name, part in gradient.items():
        error = np.linalg.norm(other[offset : offset + len(part)] - part)
        offset += len(part)
        bound = 1e-4 * np.linalg.norm(part) + floor
        passed = passed and error <= bound
        verdict = "" if error <= bound else "  out of bounds"
        print(f"{name:40} {np.linalg.norm(part):10.3e} {error:10.3e} {bound:10.3e}{verdict}")
    return passed


def search(preset):
    """Prints the first examples whose activations stay farther and farther from 0."""
    farthest = 0.0
    for first in range(0, 400 * MICROBATCH, MICROBATCH):
        step = Step(first)
        with torch.no_grad():
            MODELS[preset](step)
        if step.nearest_kink > farthest:
            farthest = step.nearest_kink
            print(f"from example {first} on: {farthest:.2e}", flush=True)


if __name__ == "__main__":
    torch.set_num_threads(1)
    match sys.argv[1:]:
        case []:
            for preset in MODELS:
                record(preset)
        case ["--compare", preset, file]:
            sys.exit(0 if compare(preset, file) else 1)
        case ["--search", preset]:
            search(preset)
        case _:
            sys.exit(__doc__)

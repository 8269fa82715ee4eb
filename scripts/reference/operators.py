"""PyTorch's values and gradients of the operators, in Float64, for Tests/TensorsTests/PyTorchOperatorTests.swift.

A case is a function of some tensors. Operand i holds the keyed normal numbers of example i, moved into the domain where a
function has one. Recorded are the result and the gradients of Σ result · w, where w are those of the next example.

    python scripts/reference/operators.py > scripts/reference/operators.json
"""

import json
import math

import numpy as np
import torch
import torch.nn.functional as F
from torch.distributions import Bernoulli, Normal, kl_divergence

from philox import Stream

SEED = 11
CASES = []


def case(name, *shapes, domain="real"):
    """Adds a case: `domain` says what the operands are, "real" or "positive" (the exponential of a real number)."""

    def add(function):
        CASES.append((name, shapes, domain, function))
        return function

    return add


def elementwise(name, function, domain="real"):
    case(name, (2, 5), domain=domain)(function)


elementwise("exponential", torch.exp)
elementwise("logarithm", torch.log, "positive")
elementwise("square root", torch.sqrt, "positive")
elementwise("tanh", torch.tanh)
elementwise("sigmoid", torch.sigmoid)
elementwise("softplus", F.softplus)
elementwise("relu", F.relu)
elementwise("leaky relu", lambda x: F.leaky_relu(x, 0.125))
elementwise("silu", F.silu)
elementwise("elu", F.elu)


@case("linear layer", (2, 4), (3, 4), (3,))
def linear(x, weight, bias):
    return F.linear(x, weight, bias)


@case("convolution", (2, 2, 5, 4), (3, 2, 3, 3))
def convolution(x, weight):
    return F.conv2d(x, weight)


@case("convolution with stride and padding", (2, 2, 6, 5), (3, 2, 3, 3))
def strided_convolution(x, weight):
    return F.conv2d(x, weight, stride=2, padding=1)


@case("convolution, unlike in its two directions", (1, 2, 6, 5), (2, 2, 3, 2))
def ragged_convolution(x, weight):
    return F.conv2d(x, weight, stride=(2, 1), padding=(1, 2))


@case("transposed convolution", (2, 3, 3, 2), (3, 2, 3, 3))
def transposed(x, weight):
    return F.conv_transpose2d(x, weight, stride=2)


@case("transposed convolution with padding", (2, 3, 3, 3), (3, 2, 3, 3))
def padded_transposed(x, weight):
    return F.conv_transpose2d(x, weight, stride=2, padding=1)


@case("transposed convolution, cropped", (1, 3, 4, 4), (3, 2, 3, 3))
def cropped_transposed(x, weight):
    return F.conv_transpose2d(x, weight, stride=2, padding=1)[:, :, :6, :6]


@case("transposed convolution with output padding", (1, 2, 3, 3), (2, 2, 3, 3))
def grown_transposed(x, weight):
    return F.conv_transpose2d(x, weight, stride=2, padding=1, output_padding=1)


@case("batch normalisation in training", (3, 2, 3, 2), (2,), (2,))
def batch_norm_training(x, scale, shift):
    return F.batch_norm(x, None, None, scale, shift, training=True, eps=1e-5)


@case("batch normalisation in inference", (2, 2, 2, 2), (2,), (2,), (2,), (2,))
def batch_norm_inference(x, scale, shift, mean, log_variance):
    return F.batch_norm(x, mean.detach(), log_variance.detach().exp(), scale, shift, training=False, eps=1e-5)


@case("group normalisation of images", (3, 6, 3, 2), (6,), (6,))
def group_norm_images(x, scale, shift):
    return F.group_norm(x, 3, scale, shift, eps=2**-10)


@case("group normalisation of vectors", (3, 6), (6,), (6,))
def group_norm_vectors(x, scale, shift):
    return F.group_norm(x, 2, scale, shift, eps=2**-10)


@case("average pooling", (2, 2, 5, 6))
def average_pooling(x):
    return F.avg_pool2d(x, 2)


@case("max pooling", (2, 2, 7, 6))
def max_pooling(x):
    return F.max_pool2d(x, 3)


@case("Bernoulli negative log-likelihood", (2, 4), (2, 4))
def bernoulli(logits, x):
    return -Bernoulli(logits=logits, validate_args=False).log_prob(torch.sigmoid(x)).sum(dim=1)


@case("Gaussian negative log-likelihood without its constant", (2, 4), (2, 4), (2, 4))
def gaussian(mean, log_variance, x):
    logarithms = Normal(mean, torch.exp(0.5 * log_variance)).log_prob(x) + 0.5 * math.log(2 * math.pi)
    return -logarithms.sum(dim=1)


@case("divergence from the standard normal", (2, 4), (2, 4))
def divergence(mean, log_variance):
    posterior = Normal(mean, torch.exp(0.5 * log_variance))
    return kl_divergence(posterior, Normal(torch.zeros_like(mean), 1.0)).sum(dim=1)


def normal(shape, example):
    values = Stream(SEED, "synthesis", example=example).normal(int(np.prod(shape)))
    return torch.from_numpy(values.reshape(shape))


def record(name, shapes, domain, function):
    operands = [normal(shape, example) for example, shape in enumerate(shapes)]
    if domain == "positive":
        operands = [x.exp() for x in operands]
    operands = [x.requires_grad_() for x in operands]
    result = function(*operands)
    (result * normal(result.shape, len(shapes))).sum().backward()
    return {
        "name": name,
        "positive": domain == "positive",
        "operands": [list(shape) for shape in shapes],
        "shape": list(result.shape),
        "result": result.detach().flatten().tolist(),
        "gradients": [(torch.zeros_like(x) if x.grad is None else x.grad).flatten().tolist() for x in operands],
    }


if __name__ == "__main__":
    cases = [record(*entry) for entry in CASES]
    lines = ",\n    ".join(json.dumps(entry) for entry in cases)
    print(f'{{\n  "pytorch": "{torch.__version__}",\n  "seed": {SEED},\n  "cases": [\n    {lines}\n  ]\n}}')

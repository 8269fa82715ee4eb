"""The network of a Tributary configuration as PyTorch modules, in the arrangement that PyTorch is fastest with."""

import torch
import torch.nn as nn
import torch.nn.functional as F
import yaml


class Trim(nn.Module):
    """Cuts rows and columns off at the bottom and on the right."""

    def __init__(self, trim):
        super().__init__()
        self.trim = trim

    def forward(self, x):
        return x[:, :, : x.shape[2] - self.trim, : x.shape[3] - self.trim]


class Reshape(nn.Module):
    """Vectors to images; many channels lie innermost, as convolutions like them."""

    def __init__(self, shape):
        super().__init__()
        self.shape = shape

    def forward(self, x):
        x = x.view(-1, *self.shape)
        return x.contiguous(memory_format=torch.channels_last) if self.shape[0] > 1 else x


def linear(shape, settings):
    return [nn.Linear(shape[0], settings["units"], settings.get("bias", True))], (settings["units"],)


def extent_after(size, settings):
    return (size + 2 * settings.get("padding", 0) - settings["window"]) // settings.get("stride", 1) + 1


def convolution(shape, settings):
    layer = nn.Conv2d(
        shape[0], settings["filters"], settings["window"], settings.get("stride", 1), settings.get("padding", 0),
        bias=settings.get("bias", True))
    return [layer], (settings["filters"], *(extent_after(size, settings) for size in shape[1:]))


def transposed_convolution(shape, settings):
    stride, padding, trim = (settings.get(key, other) for key, other in (("stride", 1), ("padding", 0), ("trim", 0)))
    layer = nn.ConvTranspose2d(
        shape[0], settings["filters"], settings["window"], stride, padding, bias=settings.get("bias", True))
    sizes = ((size - 1) * stride - 2 * padding + settings["window"] - trim for size in shape[1:])
    return [layer] + ([Trim(trim)] if trim else []), (settings["filters"], *sizes)


def flattened(shape):
    count = 1
    for extent in shape:
        count *= extent
    return (count,)


# From the shape before a layer and its settings to its modules and the shape after it.
LAYERS = {
    "linear": linear,
    "convolution": convolution,
    "transposed_convolution": transposed_convolution,
    "batch_normalization": lambda shape, settings: ([nn.BatchNorm2d(shape[0], float(settings.get("epsilon", 1e-5)))], shape),
    "leaky_relu": lambda shape, settings: ([nn.LeakyReLU(settings.get("slope", 0.01))], shape),
    "relu": lambda shape, settings: ([nn.ReLU()], shape),
    "tanh": lambda shape, settings: ([nn.Tanh()], shape),
    "softplus": lambda shape, settings: ([nn.Softplus()], shape),
    "sigmoid": lambda shape, settings: ([nn.Sigmoid()], shape),
    "dropout": lambda shape, settings: ([nn.Dropout(settings["probability"])], shape),
    "dropout_2d": lambda shape, settings: ([nn.Dropout2d(settings["probability"])], shape),
    "flatten": lambda shape, settings: ([nn.Flatten()], flattened(shape)),
    "reshape": lambda shape, settings: ([Reshape(settings)], tuple(settings)),
}


def network(description, shape):
    """The modules of a list of layers, and the shape that they end with."""
    modules = []
    for layer in description:
        kind, settings = (layer, {}) if isinstance(layer, str) else next(iter(layer.items()))
        made, shape = LAYERS[kind](shape, settings)
        modules += made
    return nn.Sequential(*modules), shape


class Autoencoder(nn.Module):
    """A VAE that returns its loss, summed over dimensions and averaged over examples."""

    def __init__(self, configuration):
        super().__init__()
        model, objective = configuration["model"], configuration["objective"]
        images, latents = model["images"], model["latents"]
        self.shape = (images["channels"], images["height"], images["width"])
        self.binarize = images.get("binarize")
        self.likelihood, self.weight = objective["likelihood"], objective.get("reconstruction_weight", 1)
        assert self.likelihood in ("squared_error", "bernoulli"), self.likelihood
        self.encoder, features = network(model["encoder"], self.shape)
        self.mean, self.log_variance = nn.Linear(features[0], latents), nn.Linear(features[0], latents)
        self.decoder, _ = network(model["decoder"], (latents,))

    def forward(self, x):
        features = self.encoder(x)
        mean, log_variance = self.mean(features), self.log_variance(features)
        decoded = self.decoder(mean + torch.exp(log_variance / 2) * torch.randn_like(mean))
        return decoded, mean, log_variance

    def prepared(self, x):
        """Pixels as the network takes them."""
        return x if self.binarize is None else (x >= self.binarize).float()

    def made_up(self, rows):
        """A batch for measurements."""
        return (self.prepared(torch.rand(rows, *self.shape)),)

    def loss(self, outputs, x):
        decoded, mean, log_variance = (value.float() for value in outputs)
        if self.likelihood == "bernoulli":
            reconstruction = F.binary_cross_entropy_with_logits(decoded, x, reduction="sum")
        else:
            reconstruction = F.mse_loss(decoded, x, reduction="sum")
        divergence = -0.5 * (1 + log_variance - mean**2 - log_variance.exp()).sum()
        return (self.weight * reconstruction + divergence) / len(x)

    def groups(self, clipping):
        """(parameters, norm) of each clipping group; names begin with `encoder/` or `decoder/`."""
        halves = {
            "encoder/": [*self.encoder.parameters(), *self.mean.parameters(), *self.log_variance.parameters()],
            "decoder/": list(self.decoder.parameters()),
        }
        return [([p for name in group["parameters"] for p in halves[name]], group["maximum_norm"]) for group in clipping]


def configuration(path):
    """The configuration in a file. PyYAML takes 1e-05 for a text; whoever uses a small number converts it."""
    with open(path) as file:
        return yaml.safe_load(file)

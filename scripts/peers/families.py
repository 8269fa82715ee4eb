"""The objectives of Tributary's presets besides the plain VAE's, as PyTorch modules.

Each takes a batch and returns its loss, in nats, averaged over examples. Pixels are rows of numbers. B examples, K samples or classes, Z latents.
"""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F

from network import Autoencoder, flattened, network


def bernoulli_cost(logits, x):
    """−ln p(x|z), summed over the last axis."""
    return F.softplus(logits).sum(-1) - (logits * x).sum(-1)


def normal_cost(mean, x):
    """−ln p(x|z) of numbers whose variance is the mean squared error of all that are judged, summed over the last axis."""
    squares = (x - mean) ** 2
    variance = squares.mean() + 1e-6
    return 0.5 * (squares / variance + torch.log(2 * math.pi * variance)).sum(-1)


def log_probability_of_bits(logits, bits):
    return -bernoulli_cost(logits, bits)


def normal_divergence(mean, log_variance):
    """KL(q ‖ N(0, 1)), summed over the last axis."""
    return 0.5 * (log_variance.exp() + mean**2 - 1 - log_variance).sum(-1)


def bit_divergence(logits):
    """KL of bits with those of probability ½, summed over the last axis."""
    return (torch.sigmoid(logits) * logits - F.softplus(logits) + math.log(2)).sum(-1)


def relaxed_bits(logits, temperature, hard):
    """Gumbel's sample of bits: σ((l + ln u − ln(1 − u))/τ); the hard one is rounded, and has the gradient of the soft one."""
    soft = torch.sigmoid((logits + torch.logit(torch.rand_like(logits), eps=1e-7)) / temperature)
    return soft + ((soft > 0.5).float() - soft).detach() if hard else soft


class NormalLatents(nn.Module):
    """The mean and the logarithm of the variance, and a sample."""

    def __init__(self, features, latents):
        super().__init__()
        self.mean, self.log_variance = nn.Linear(features, latents), nn.Linear(features, latents)

    def forward(self, features):
        mean, log_variance = self.mean(features), self.log_variance(features)
        return mean, log_variance, mean + torch.exp(log_variance / 2) * torch.randn_like(mean)


class LabelledNetwork(nn.Module):
    """Layers whose first linear one takes the label, too. Its product with the rest is computed once, however many labels come with it."""

    def __init__(self, description, shape, classes):
        super().__init__()
        layers, self.shape = network(description, shape)
        place = next(index for index, layer in enumerate(layers) if isinstance(layer, nn.Linear))
        self.before, self.first, self.after = layers[:place], layers[place], layers[place + 1 :]
        self.table = nn.Parameter(torch.empty(classes, self.first.out_features))
        bound = 1 / math.sqrt(self.first.in_features + classes)
        for parameter in (self.first.weight, self.first.bias, self.table):
            nn.init.uniform_(parameter, -bound, bound)

    def forward(self, x, labels):
        """With a label for each row."""
        return self.after(self.first(self.before(x)) + self.table[labels])

    def with_all(self, x):
        """With every class: (B, K, …) of (B, …) or (B, K, …)."""
        product = self.first(self.before(x))
        return self.after((product if x.dim() == 3 else product[:, None]) + self.table)


class Family(nn.Module):
    """What the objectives share: pixels, and networks of rows."""

    def __init__(self, configuration):
        super().__init__()
        model, images = configuration["model"], configuration["model"]["images"]
        self.shape = (images["channels"], images["height"], images["width"])
        self.binarize = images.get("binarize")
        self.latents, self.classes = model["latents"], model.get("classes")
        self.encoder_layers, self.decoder_layers = model["encoder"], model["decoder"][:-1]
        assert "reshape" in model["decoder"][-1], "a decoder ends with `reshape`"
        self.classifier_layers = model.get("classifier", [])
        estimator = configuration["objective"].get("estimator")
        self.settings = next(iter(estimator.values())) if isinstance(estimator, dict) else {}

    def prepared(self, x):
        """Pixels that every step sees."""
        return (x >= self.binarize).float() if isinstance(self.binarize, float) else x

    def drawn(self, x):
        """Pixels of this step."""
        return torch.bernoulli(x) if self.binarize == "dynamic" else x

    def made_up(self, rows):
        """A batch for measurements."""
        return (self.prepared(torch.rand(rows, *self.shape)),)

    def loss(self, outputs, *batch):
        return outputs

    def groups(self, clipping):
        """(parameters, norm) of each clipping group; whatever is not the decoder's is the encoder's."""
        halves = {"encoder/": [], "decoder/": []}
        for name, parameter in self.named_parameters():
            halves["decoder/" if name.startswith("decoder.") else "encoder/"].append(parameter)
        return [([p for name in group["parameters"] for p in halves[name]], group["maximum_norm"]) for group in clipping]


class Unlabelled(Family):
    """An encoder of images and a decoder to pixels in rows."""

    def __init__(self, configuration, decoder_input):
        super().__init__(configuration)
        self.encoder, (self.features,) = network(self.encoder_layers, self.shape)
        self.decoder, _ = network(self.decoder_layers, (decoder_input,))


class ImportanceWeighted(Unlabelled):
    """−ln 1/K Σ p(x, zₖ)/q(zₖ|x)."""

    def __init__(self, configuration):
        super().__init__(configuration, configuration["model"]["latents"])
        self.posterior, self.samples = NormalLatents(self.features, self.latents), self.settings["samples"]

    def forward(self, x):
        x = self.drawn(x)
        features = self.encoder(x)
        mean, log_variance = self.posterior.mean(features)[:, None], self.posterior.log_variance(features)[:, None]
        noise = torch.randn(len(x), self.samples, self.latents)
        z = mean + torch.exp(log_variance / 2) * noise
        log_ratio = 0.5 * (noise**2 + log_variance - z**2).sum(-1)
        log_weights = log_ratio - bernoulli_cost(self.decoder(z), x.flatten(1)[:, None])
        return (math.log(self.samples) - torch.logsumexp(log_weights, 1)).mean()


class DrawnPixels(Unlabelled):
    """The plain VAE, whose pixels are drawn black or white in every step."""

    def __init__(self, configuration):
        super().__init__(configuration, configuration["model"]["latents"])
        self.posterior = NormalLatents(self.features, self.latents)

    def forward(self, x):
        x = self.drawn(x)
        mean, log_variance, z = self.posterior(self.encoder(x))
        return (bernoulli_cost(self.decoder(z), x.flatten(1)) + normal_divergence(mean, log_variance)).mean()


class LearnedVariance(Unlabelled):
    """Normal pixels with one variance, which is learned."""

    def __init__(self, configuration):
        super().__init__(configuration, configuration["model"]["latents"])
        self.posterior = NormalLatents(self.features, self.latents)
        self.log_pixel_variance = nn.Parameter(torch.zeros(()))

    def forward(self, x):
        mean, log_variance, z = self.posterior(self.encoder(x))
        error = F.mse_loss(self.decoder(z), x.flatten(1), reduction="sum") / len(x)
        pixels = math.prod(self.shape)
        density = 0.5 * (error / self.log_pixel_variance.exp() + pixels * (math.log(2 * math.pi) + self.log_pixel_variance))
        return density + normal_divergence(mean, log_variance).mean()


class Bits(Unlabelled):
    """Binary latents, by the score function of several samples, each the baseline of the others, or by relaxed samples."""

    def __init__(self, configuration):
        super().__init__(configuration, configuration["model"]["latents"]["bernoulli"])
        self.logits = nn.Linear(self.features, self.latents["bernoulli"])
        self.temperature = configuration.get("temperature")

    def forward(self, x):
        logits, pixels = self.logits(self.encoder(x)), x.flatten(1)
        divergence = bit_divergence(logits).mean()
        if "sample" in self.settings:
            z = relaxed_bits(logits, self.temperature, self.settings["sample"] == "hard")
            return bernoulli_cost(self.decoder(z), pixels).mean() + divergence
        assert self.settings["baseline"] == "leave_one_out"
        samples = self.settings["samples"]
        z = torch.bernoulli(torch.sigmoid(logits.detach())[:, None].expand(-1, samples, -1))
        costs = bernoulli_cost(self.decoder(z), pixels[:, None])
        others = (costs.sum(1, keepdim=True) - costs) / (samples - 1)
        score = (costs - others).detach() * log_probability_of_bits(logits[:, None], z)
        # The score's value is no part of the loss; its gradient is.
        return (costs + score - score.detach()).mean() + divergence


class HalfDigits(Family):
    """The lower half of an image from the upper one, through layers of relaxed bits."""

    def __init__(self, configuration):
        super().__init__(configuration)
        units = self.latents["stochastic_layers"]
        assert self.encoder_layers == ["flatten"] and len(self.decoder_layers) == 1
        half = math.prod(self.shape) // 2
        self.encoder = nn.ModuleList(nn.Linear(before, after) for before, after in zip([half, *units], units))
        self.decoder, self.temperature = nn.Linear(units[-1], half), configuration["temperature"]

    def forward(self, x):
        z, lower = x.flatten(1).chunk(2, 1)
        for layer in self.encoder:
            z = relaxed_bits(layer(z), self.temperature, self.settings["sample"] == "hard")
        return bernoulli_cost(self.decoder(z), lower).mean()


class Labelled(Family):
    """An encoder and a decoder that take the label."""

    def __init__(self, configuration):
        super().__init__(configuration)
        self.encoder = LabelledNetwork(self.encoder_layers, self.shape, self.classes)
        self.posterior = NormalLatents(*self.encoder.shape, self.latents)
        self.decoder = LabelledNetwork(self.decoder_layers, (self.latents,), self.classes)

    def bound(self, x, labels):
        """−ELBO of ln p(x|y), (B)."""
        mean, log_variance, z = self.posterior(self.encoder(x, labels))
        return bernoulli_cost(self.decoder(z, labels), x.flatten(1)) + normal_divergence(mean, log_variance)

    def bounds(self, x):
        """The same for all classes, (B, K)."""
        cost, divergence = self.parts(x, bernoulli_cost)
        return cost + divergence

    def parts(self, x, cost):
        """−ln p(x|y, z) and KL(q(z|x, y) ‖ p(z)) for all classes, with one noise, (B, K) each."""
        features = self.encoder.with_all(x)
        mean, log_variance = self.posterior.mean(features), self.posterior.log_variance(features)
        z = mean + torch.exp(log_variance / 2) * torch.randn(len(x), 1, self.latents)
        return cost(self.decoder.with_all(z), x.flatten(1)[:, None]), normal_divergence(mean, log_variance)

    def made_up(self, rows):
        return (*super().made_up(rows), torch.arange(rows) % self.classes)


class Conditional(Labelled):
    """−ELBO of ln p(x|y)."""

    def forward(self, x, labels):
        return self.bound(self.drawn(x), labels).mean()


class FewLabels:
    """Batches whose first rows have labels, so that rows of both kinds stand for all images of their kind."""

    def set_labels(self, configuration, images):
        """How many of all training images have labels, and of a batch's rows; of `configuration`'s labels and shards."""
        labels = configuration["labels"]
        self.share = labels["labelled"] / images
        self.batch_share = labels["per_microbatch"] / configuration["microbatch"]

    def weighted_mean(self, labelled, others):
        """The mean over all images, estimated from both kinds of rows."""
        rows = len(labelled) + len(others)
        own, other = self.share / self.batch_share, (1 - self.share) / (1 - self.batch_share)
        return (own * labelled.sum() + other * others.sum()) / rows

    def made_up_labels(self, rows):
        return torch.arange(round(rows * self.batch_share)) % self.classes


class SemiSupervised(Labelled, FewLabels):
    """M2. Rows with labels go with theirs alone."""

    def __init__(self, configuration):
        super().__init__(configuration)
        self.classifier, features = network(self.classifier_layers, self.shape)
        self.class_logits = nn.Linear(*flattened(features), self.classes)
        self.weight = self.settings["classification_weight"]
        self.set_labels(configuration, 60_000)

    def forward(self, x, labels):
        x = self.drawn(x)
        labelled = len(labels)
        logits = self.logits_of_classes(x)
        log_q = F.log_softmax(logits[labelled:], 1)
        others = (log_q.exp() * (self.bounds(x[labelled:]) + math.log(self.classes) + log_q)).sum(1)
        own = self.bound(x[:labelled], labels) + math.log(self.classes)
        return self.weighted_mean(own, others) + self.weight * F.cross_entropy(logits[:labelled], labels)

    def logits_of_classes(self, x):
        return self.class_logits(self.classifier(x))

    def made_up(self, rows):
        return super().made_up(rows)[0], self.made_up_labels(rows)


class SemiSupervisedCodes(SemiSupervised):
    """M2 of numbers, each row with every class, since all share one variance; `divergence_weight` may change from step to step."""

    divergence_weight = 1.0

    def forward(self, x, labels):
        logits = self.logits_of_classes(x)
        log_q = F.log_softmax(logits, 1)
        cost, divergence = self.parts(x, normal_cost)
        bounds = cost + self.divergence_weight * (divergence + math.log(self.classes))
        own = bounds[: len(labels)].gather(1, labels[:, None])[:, 0]
        q, log_q, bounds = (value[len(labels) :] for value in (log_q.exp(), log_q, bounds))
        others = (q * (bounds + self.divergence_weight * log_q)).sum(1)
        return self.weighted_mean(own, others) + self.weight * F.cross_entropy(logits[: len(labels)], labels)


class PredictionConstrained(Unlabelled, FewLabels):
    """−ELBO, and a linear classifier of the latents."""

    def __init__(self, configuration):
        super().__init__(configuration, configuration["model"]["latents"])
        assert not self.settings.get("consistency_weight"), "consistency is not written here"
        self.posterior = NormalLatents(self.features, self.latents)
        self.class_logits = nn.Linear(self.latents, self.classes)
        self.weight = self.settings["classification_weight"]
        self.set_labels(configuration, 60_000)

    def forward(self, x, labels):
        x = self.drawn(x)
        mean, log_variance, z = self.posterior(self.encoder(x))
        bound = bernoulli_cost(self.decoder(z), x.flatten(1)) + normal_divergence(mean, log_variance)
        labelled = len(labels)
        classification = F.cross_entropy(self.class_logits(z[:labelled]), labels)
        return self.weighted_mean(bound[:labelled], bound[labelled:]) + self.weight * classification

    def logits_of_classes(self, x):
        return self.class_logits(self.posterior.mean(self.encoder(x)))

    def made_up(self, rows):
        return super().made_up(rows)[0], self.made_up_labels(rows)


OBJECTIVES = {
    "importance_weighted": ImportanceWeighted,
    "score_function": Bits,
    "relaxed": Bits,
    "conditional": Conditional,
    "semi_supervised": SemiSupervised,
    "prediction_constrained": PredictionConstrained,
}


def model_of(configuration):
    """The module of a configuration."""
    objective, latents = configuration["objective"], configuration["model"]["latents"]
    estimator = objective.get("estimator", "evidence_lower_bound")
    name = estimator if isinstance(estimator, str) else next(iter(estimator))
    if isinstance(latents, dict) and "stochastic_layers" in latents:
        return HalfDigits(configuration)
    if objective["likelihood"] == {"gaussian": {"variance": "shared"}}:
        return LearnedVariance(configuration)
    if name == "semi_supervised" and objective["likelihood"] == {"gaussian": {"variance": "optimal"}}:
        return SemiSupervisedCodes(configuration)
    plain = DrawnPixels if configuration["model"]["images"].get("binarize") == "dynamic" else Autoencoder
    if name == "evidence_lower_bound":
        return plain(configuration)
    if name not in OBJECTIVES:
        raise SystemExit(f"there is no {name} here")
    return OBJECTIVES[name](configuration)

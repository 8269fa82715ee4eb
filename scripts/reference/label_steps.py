"""One training step of the presets that read labels, as `training_step.py` takes those of the others.

Row r has the label r mod 10 in the first four rows and none in the others, but for `cvae`, where all have one; labelled rows count 0.25
and others 1.75.

    python scripts/reference/label_steps.py        write scripts/reference/{cvae,m2,pc_vae,cpc_vae}_step.json
"""

import torch
import torch.nn.functional as F

import training_step
from training_step import MICROBATCH, Network
from philox import Stream

CLASSES, LABELLED = 10, 4
BINARIZATION_KEY = 0x3000


def binary_pixels(step):
    """Drawn with the brightness as the probability of 1."""
    x = step.pixels((1, 28, 28))
    return (x > step.noise(Stream.uniform, BINARIZATION_KEY, x.shape)).double()


def one_hot(rows):
    return F.one_hot(torch.arange(rows) % CLASSES, CLASSES).double()


def labels_and_weights():
    labels = one_hot(MICROBATCH)
    labels[LABELLED:] = 0
    weights = torch.full((MICROBATCH,), 1.75, dtype=torch.float64)
    weights[:LABELLED] = 0.25
    return labels, weights


def hidden(step, name, x, units, labels=None):
    """Linear layers with softplus; labels are appended to the input of the first."""
    network = Network(step, name, x.flatten(1))
    if name != "decoder":
        network.index += 1  # `flatten`
    for index, count in enumerate(units):
        if index == 0 and labels is not None:
            network.x = torch.cat([network.x, labels], dim=1)
        network.linear(count)
        network.enter("softplus")
        network.x = F.softplus(network.x)
    return network


def posterior(step, x, units, source=0, labels=None, latents=50):
    """Mean, log variance and a sample; several rows of an example have the same noise."""
    features = hidden(step, "encoder", x, units, labels).x
    mean = step.linear("encoder/mean", features, latents)
    log_variance = step.linear("encoder/log_variance", features, latents)
    noise = step.noise(Stream.normal, source, (MICROBATCH, latents)).repeat_interleave(len(mean) // MICROBATCH, dim=0)
    return mean, log_variance, mean + noise * torch.exp(log_variance / 2)


def decoded(step, z, units, labels=None):
    """Logits of the pixels."""
    network = hidden(step, "decoder", z, units, labels)
    network.linear(784)
    return network.x.view(-1, 1, 28, 28)


def reconstruction(logits, x):
    """For each row."""
    return F.binary_cross_entropy_with_logits(logits, x, reduction="none").flatten(1).sum(1)


def divergence(mean, log_variance):
    """For each row."""
    return 0.5 * (log_variance.exp() + mean**2 - 1 - log_variance).sum(1)


def mean_over_labelled(values, labels):
    """Times the rows, since a step is a sum over them."""
    return MICROBATCH * (values * labels.sum(1)).sum() / labels.sum()


def cvae(step):
    x, labels = binary_pixels(step), one_hot(MICROBATCH)
    mean, log_variance, z = posterior(step, x, [500], labels=labels, latents=4)
    logits = decoded(step, z, [500], labels)
    return reconstruction(logits, x).sum(), divergence(mean, log_variance).sum()


def m2(step):
    """Every row with every class: the labelled bound of its own, or that of all under q(y|x)."""
    x, (labels, weights) = binary_pixels(step), labels_and_weights()
    classes = one_hot(MICROBATCH * CLASSES)
    every = x.repeat_interleave(CLASSES, dim=0)
    mean, log_variance, z = posterior(step, every, [500], labels=classes)
    costs = reconstruction(decoded(step, z, [500], classes), every).view(-1, CLASSES)
    divergences = (divergence(mean, log_variance) + torch.log(torch.tensor(10.0).double())).view(-1, CLASSES)
    features = hidden(step, "classifier", x, [500]).x
    log_q = F.log_softmax(step.linear("classifier/logits", features, CLASSES), dim=1)
    terms = []
    for row in range(MICROBATCH):
        if row < LABELLED:
            terms.append((costs[row, row % CLASSES], divergences[row, row % CLASSES]))
        else:
            q = log_q[row].exp()
            terms.append(((q * costs[row]).sum(), (q * divergences[row]).sum() + (q * log_q[row]).sum()))
    total = [sum(weight * term[part] for weight, term in zip(weights, terms)) for part in (0, 1)]
    return (*total, mean_over_labelled(-(labels * log_q).sum(1), labels))


def constrained(weight, consistency):
    """The latents' linear classifier, and with a weight the same prediction for what is decoded from them."""

    def model(step):
        x, (labels, weights) = binary_pixels(step), labels_and_weights()
        mean, log_variance, z = posterior(step, x, [500, 500])
        logits = decoded(step, z, [500, 500])
        log_p = F.log_softmax(step.linear("classifier/logits", z, CLASSES), dim=1)
        extra = weight * mean_over_labelled(-(labels * log_p).sum(1), labels)
        if consistency:
            _, _, again = posterior(step, torch.sigmoid(logits), [500, 500], source=1)
            log_again = F.log_softmax(step.linear("classifier/logits", again, CLASSES), dim=1)
            target = labels + (1 - labels.sum(1, keepdim=True)) * log_p.exp()
            share = log_p.exp().mean(0)
            imbalance = (share * torch.log(share)).sum() + torch.log(torch.tensor(10.0).double())
            extra = extra + consistency * (weights * (imbalance - (target * log_again).sum(1))).sum()
        return (weights * reconstruction(logits, x)).sum(), (weights * divergence(mean, log_variance)).sum(), extra

    return model


if __name__ == "__main__":
    torch.set_num_threads(1)
    models = {"cvae": cvae, "m2": m2, "pc-vae": constrained(2, 0), "cpc-vae": constrained(25, 25)}
    training_step.MODELS.update(models)
    training_step.FIRST_EXAMPLE.update(dict.fromkeys(models, 32))
    for preset in models:
        training_step.record(preset)

"""Prints the values of Tests/VAETests/EvidenceGraphTests.swift and Tests/TrainingTests/StructuralSimilarityTests.swift.

Made with PyTorch 2.15.0 and SciPy 1.17.1, CPU, float64. The model is 6-4-2-4-6 with tanh and Bernoulli pixels; its numbers are formulas of their
indices, and the noise is the keyed streams'.
"""

import numpy as np
import torch
from scipy.ndimage import gaussian_filter
from torch.distributions import Normal, kl_divergence

from philox import Stream

torch.set_default_dtype(torch.float64)

SHAPES = [(4, 6), (4,), (2, 4), (2,), (2, 4), (2,), (4, 2), (4,), (6, 4), (6,)]


def parameters():
    made, index = [], 0
    for shape in SHAPES:
        count = int(np.prod(shape))
        numbers = (np.arange(index, index + count) * 29 % 41 - 20) / 25
        made.append(torch.from_numpy(np.float32(numbers).astype(np.float64).reshape(shape)))
        index += count
    return made


W1, B1, WM, BM, WV, BV, W2, B2, W3, B3 = parameters()
X = torch.from_numpy(np.float32(np.arange(12) * 17 % 11 / 10).astype(np.float64).reshape(2, 6))


def noise(samples):
    """(examples, samples, 2)"""
    return torch.tensor(np.array([[Stream(3, 0, 1, e, s).normal(2) for s in range(samples)] for e in range(2)]))


def posterior():
    hidden = torch.tanh(X @ W1.T + B1)
    return hidden @ WM.T + BM, hidden @ WV.T + BV


def log_likelihood(z):
    logits = torch.tanh(z @ W2.T + B2) @ W3.T + B3
    return -torch.nn.functional.binary_cross_entropy_with_logits(
        logits, X[:, None, :].expand_as(logits), reduction="none"
    ).sum(-1)


def evidence(proposal, samples=5):
    prior = Normal(torch.zeros(2), torch.ones(2))
    if proposal == "importance":
        mean, log_variance = posterior()
        q = Normal(mean[:, None], torch.exp(log_variance / 2)[:, None])
        z = q.mean + q.stddev * noise(samples)
        weights = log_likelihood(z) + prior.log_prob(z).sum(-1) - q.log_prob(z).sum(-1)
    else:
        weights = log_likelihood(noise(samples))
    nll = np.log(samples) - torch.logsumexp(weights, 1)
    size = torch.exp(2 * torch.logsumexp(weights, 1) - torch.logsumexp(2 * weights, 1))
    print(proposal, "nll", nll.tolist(), "effective sample size", size.tolist())


def refinement(samples=3):
    mean, log_variance = (tensor.requires_grad_() for tensor in posterior())
    q = Normal(mean, torch.exp(log_variance / 2))
    z = q.mean[:, None] + q.stddev[:, None] * noise(samples)
    divergence = kl_divergence(q, Normal(0.0, 1.0)).sum(-1)
    value = divergence - log_likelihood(z).mean(1)
    value.sum().backward()
    print("negative ELBO", value.tolist())
    print("gradients", mean.grad.flatten().tolist(), log_variance.grad.flatten().tolist())


def ssim(x, y):
    """As scikit-image's structural_similarity(gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=1) of one channel."""
    def means(values):
        return gaussian_filter(values, 1.5, truncate=3.5)

    mx, my = means(x), means(y)
    vx, vy, cov = means(x * x) - mx * mx, means(y * y) - my * my, means(x * y) - mx * my
    c1, c2 = 0.01**2, 0.03**2
    value = (2 * mx * my + c1) * (2 * cov + c2) / ((mx**2 + my**2 + c1) * (vx + vy + c2))
    return value[5:-5, 5:-5].mean()


def similarity():
    index = np.arange(2 * 13 * 17)
    x = np.float32(index * 37 % 101 / 100).astype(np.float64).reshape(2, 13, 17)
    noise = np.float32((index * 53 + 7) % 97 / 96).astype(np.float64).reshape(2, 13, 17)
    y = np.float32(0.75 * x + 0.25 * noise).astype(np.float64)
    print("ssim", np.mean([ssim(*channel) for channel in zip(x, y)]), np.mean([ssim(*channel) for channel in zip(x, noise)]))


evidence("importance")
evidence("prior")
refinement()
similarity()

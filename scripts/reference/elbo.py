"""Prints the values of Tests/VAETests/Support/References.swift. Made with PyTorch 2.13.0, CPU, float64."""

import torch
from torch.distributions import Bernoulli, Normal, kl_divergence

torch.set_default_dtype(torch.float64)

mean, log_variance = torch.tensor([0.5, -1, 2]), torch.tensor([-1, 0.5, 2])
q = Normal(mean, torch.exp(log_variance / 2))
print("divergence", kl_divergence(q, Normal(0.0, 1.0)).sum().item())

x = torch.tensor([[0, 1, 1], [1, 0, 0.25]])
decoded = torch.tensor([[-1.5, 0.25, 3], [-2, 0, 1]])
print("bernoulli", torch.nn.functional.binary_cross_entropy_with_logits(decoded, x, reduction="none").sum(1).tolist())
print("gaussian", (-Normal(decoded, 0.5).log_prob(x)).sum(1).tolist())
print("squared error", ((x - decoded) ** 2).sum(1).tolist())

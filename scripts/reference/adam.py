"""Prints the reference values of Tests/TrainingTests/AdamTests.swift and ClippingTests: PyTorch's own optimizer, clipping and schedules.

    pip install torch==2.13.0 && python scripts/reference/adam.py
"""

import torch

torch.set_printoptions(precision=9)


def gradient(step):
    """The gradient of step t at four parameters: fixed numbers of different sizes and signs."""
    return torch.tensor([1.0, -0.5, 1e-4, 30.0]) * (1 - 0.3 * step) + torch.tensor([0.0, 0.1, 0.0, -2.0])


def adam(steps=5, rate=1e-2):
    parameter = torch.nn.Parameter(torch.tensor([0.5, -0.25, 1.0, 2.0]))
    optimizer = torch.optim.Adam([parameter], lr=rate)
    for step in range(steps):
        parameter.grad = gradient(step)
        optimizer.step()
        print("adam", step + 1, [float(f"{x:.9g}") for x in parameter.tolist()])


def clipping():
    parameters = [torch.nn.Parameter(torch.zeros(n)) for n in (3, 2)]
    parameters[0].grad = torch.tensor([3.0, -4.0, 12.0])
    parameters[1].grad = torch.tensor([0.3, 0.4])
    norm = torch.nn.utils.clip_grad_norm_(parameters[:1], 5.0)
    print("clipped", float(norm), parameters[0].grad.tolist(), parameters[1].grad.tolist())


def schedules():
    for name, make in (
        ("cosine", lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, T_max=8, eta_min=0.1)),
        ("step", lambda o: torch.optim.lr_scheduler.StepLR(o, step_size=3, gamma=0.5)),
        ("exponential", lambda o: torch.optim.lr_scheduler.ExponentialLR(o, gamma=0.9)),
    ):
        optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
        scheduler = make(optimizer)
        rates = []
        for _ in range(8):
            rates.append(float(f"{optimizer.param_groups[0]['lr']:.12g}"))
            optimizer.step()
            scheduler.step()
        print(name, rates)


adam()
clipping()
schedules()

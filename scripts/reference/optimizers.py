"""Prints the reference values of Tests/TrainingTests/OptimizerSettingsTests.swift: PyTorch's optimizers in Float64, and an average.

    pip install torch && python scripts/reference/optimizers.py
"""

import torch

STEPS = 5
RATE = 1e-2


def gradient(step):
    """The gradient of step t at four parameters: fixed numbers of different sizes and signs."""
    base = torch.tensor([1.0, -0.5, 1e-4, 30.0], dtype=torch.float64)
    return base * (1 - 0.3 * step) + torch.tensor([0.0, 0.1, 0.0, -2.0], dtype=torch.float64)


def show(name, rows):
    for row in rows:
        print(name, [float(f"{x:.10g}") for x in row])


def run(name, make):
    parameter = torch.nn.Parameter(torch.tensor([0.5, -0.25, 1.0, 2.0], dtype=torch.float64))
    optimizer = make([parameter])
    rows = []
    for step in range(STEPS):
        parameter.grad = gradient(step)
        optimizer.step()
        rows.append(parameter.tolist())
    show(name, rows)
    return rows


rows = run("adam", lambda p: torch.optim.Adam(p, lr=RATE))
run("adam, weight decay", lambda p: torch.optim.Adam(p, lr=RATE, weight_decay=0.1))
run("adamw", lambda p: torch.optim.AdamW(p, lr=RATE, weight_decay=0.1))
run("rmsprop", lambda p: torch.optim.RMSprop(p, lr=RATE, alpha=0.9, weight_decay=0.1))
run("sgd", lambda p: torch.optim.SGD(p, lr=RATE, momentum=0.9, weight_decay=0.1))
run("sgd without momentum", lambda p: torch.optim.SGD(p, lr=RATE))

average, averages = [0.5, -0.25, 1.0, 2.0], []
for update, row in enumerate(rows, 1):
    share = 1 - min(0.25, (1 + update) / (10 + update))
    average = [a + share * (value - a) for a, value in zip(average, row)]
    averages.append(average)
show("average of adam, decay 0.25", averages)

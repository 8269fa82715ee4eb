"""PyTorch on the protocol of `scripts/experiments/semi-supervised --choose`: a few labels of many images.

    python scripts/peers/semi_supervised.py CONFIGURATION.yaml mnist-choose.h5 [--epochs E] [--minutes M]
    python scripts/peers/semi_supervised.py m1-m2-scaled.yaml m1-codes.h5 --range -3 3

Trains M2, also on numbers in a range (M1+M2), or the prediction-constrained VAE as Tributary does: the same images keep their labels, as many rows of a batch have one, and what is
judged is the moving average of the weights. Prints, for each epoch, the error on the held-out images. The noise is PyTorch's own.
"""

import argparse
import copy
import json
import pathlib
import sys
import time

import h5py
import torch

import families
from network import configuration as read

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "reference"))
from philox import Stream  # noqa: E402

LABEL_DRAW = 0xFF05


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("configuration")
    parser.add_argument("data")
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--minutes", type=float, default=25)
    parser.add_argument("--range", type=float, nargs=2, default=(0, 255))
    return parser.parse_args()


class KeyedPermutation:
    """`KeyedPermutation` of Sources/Contract: a Feistel network of six rounds, walked until it falls inside."""

    def __init__(self, count, seed, operator):
        self.count, self.half = count, ((count - 1).bit_length() + 1) // 2
        self.rounds = [Stream(seed, operator, sample=number) for number in range(6)]
        # The round function, for every half: the first word of a block.
        self.mixed = [stream.bits(4 << self.half)[::4] for stream in self.rounds]

    def __getitem__(self, value):
        mask = (1 << self.half) - 1
        while True:
            left, right = value >> self.half, value & mask
            for mixed in self.mixed:
                left, right = right, left ^ (int(mixed[right]) & mask)
            value = left << self.half | right
            if value < self.count:
                return value


def labelled_examples(labels, classes, count, draw, shards):
    """The examples that keep their labels: `LabelDraw` of Sources/Contract."""
    missing = [[0] * shards for _ in range(classes)]
    for number in range(count):
        missing[number // (count // classes)][number % shards] += 1
    order, chosen = KeyedPermutation(len(labels), draw, LABEL_DRAW), []
    for index in range(len(labels)):
        example = order[index]
        label, shard = labels[example], example % shards
        if missing[label][shard]:
            missing[label][shard] -= 1
            chosen.append(example)
        if len(chosen) == count:
            return sorted(chosen)
    raise SystemExit("too few labelled examples")


class Endless:
    """Rows in a new order each time they have been gone through."""

    def __init__(self, rows):
        self.rows, self.left = rows, rows[:0]

    def take(self, count):
        while len(self.left) < count:
            self.left = torch.cat([self.left, self.rows[torch.randperm(len(self.rows))]])
        taken, self.left = self.left[:count], self.left[count:]
        return taken


class Average:
    """The moving average of the weights, as docs/numerics.md says."""

    def __init__(self, model, decay):
        self.model, self.source, self.decay, self.updates = copy.deepcopy(model).eval(), model, decay, 0

    @torch.no_grad()
    def move(self):
        self.updates += 1
        share = 1 - min(self.decay, (1 + self.updates) / (10 + self.updates))
        torch._foreach_lerp_(list(self.model.parameters()), list(self.source.parameters()), share)


def pixels(array, shape, low, high):
    """Numbers from `low` to `high` as 256 levels from 0 to 1, as `--range` does."""
    scaled = (torch.from_numpy(array[:]).float() - low) / (high - low)
    return (scaled.clamp(0, 1) * 255).round().view(-1, *shape) / 255


def weight_of_divergence(schedule, epoch):
    """At a moment counted in epochs: a number, or `linear` from one to another."""
    if not isinstance(schedule, dict):
        return schedule
    line = schedule["linear"]
    return line["from"] + (line["to"] - line["from"]) * min(epoch / line["epochs"], 1)


@torch.no_grad()
def error(model, images, labels):
    """The share of images that are told wrong."""
    parts = zip(images.split(1000), labels.split(1000))
    wrong = sum(int((model.logits_of_classes(x).argmax(1) != y).sum()) for x, y in parts)
    return wrong / len(images)


def main():
    options = arguments()
    torch.set_num_threads(1)
    torch.manual_seed(1)
    configuration = read(options.configuration)
    model = families.model_of(configuration)
    schedule = configuration.get("divergence_weight", 1)
    assert schedule == 1 or hasattr(model, "divergence_weight"), f"{type(model).__name__} takes no weight of the divergence"
    with h5py.File(options.data) as file:
        images = pixels(file["x_train"], model.shape, *options.range)
        labels = torch.from_numpy(file["y_train"][:]).long()
        # Judged as training sees them: pixels that it draws in every step are drawn once.
        held_out = model.drawn(pixels(file["x_valid"], model.shape, *options.range))
        held_out_labels = torch.from_numpy(file["y_valid"][:]).long()
    settings, shards = configuration["labels"], configuration["shards"]
    model.set_labels(configuration, len(images))
    chosen = labelled_examples(labels.tolist(), model.classes, settings["labelled"], settings["draw"], shards)
    print(json.dumps({"torch": torch.__version__, "labelled": chosen}), flush=True)
    is_labelled = torch.zeros(len(images), dtype=torch.bool)
    is_labelled[chosen] = True
    known, others = Endless(torch.tensor(chosen)), Endless((~is_labelled).nonzero()[:, 0])
    batch, known_rows = shards * configuration["microbatch"], shards * settings["per_microbatch"]
    optimizer = torch.optim.Adam(model.parameters(), lr=float(configuration["learning_rate"]), fused=True)
    average = Average(model, configuration["weight_average"]["decay"])
    begin = time.monotonic()
    for epoch in range(1, (options.epochs or configuration["epochs"]) + 1):
        total, steps = 0.0, round(len(images) / batch)
        for step in range(steps):
            if hasattr(model, "divergence_weight"):
                model.divergence_weight = weight_of_divergence(schedule, epoch - 1 + step / steps)
            rows = known.take(known_rows)
            x = torch.cat([images[rows], images[others.take(batch - known_rows)]])
            optimizer.zero_grad()
            loss = model(x, labels[rows])
            loss.backward()
            optimizer.step()
            average.move()
            total += loss.item()
        minutes = (time.monotonic() - begin) / 60
        result = {"epoch": epoch, "loss": total / steps, "error": error(average.model, held_out, held_out_labels)}
        print(json.dumps({**result, "minutes": round(minutes, 2)}), flush=True)
        if minutes > options.minutes * epoch / (epoch + 1):
            break


main()

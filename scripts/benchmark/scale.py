"""The model of scale of docs/performance.md: fitted to measurements of the coordinator, then asked about larger clusters.

    for preset in mlp face-64 face-128; do
        .build/release/benchmark coordinator --preset $preset --transport tcp --workers 1 --workers 4 --workers 16 --json
    done > rows.json
    python3 scripts/benchmark/scale.py rows.json --leaf-seconds 0.07

A step of W workers that compute k microbatches each, with gradients of G bytes and parameters of Q bytes:

    T = k · c + max(C, N)
    C = a + W · (b + x · (G + Q))      what the coordinator's processor does; a, b, x are fitted
    N = W · (G + Q) / (0.94 · link)    what its link carries, in both directions one after the other

Nothing is taken to overlap with computing, although a gradient does leave while it is made: so this is an upper bound on T. The
efficiency is k · c / T. With a tree of sub-coordinators that have f children each, everybody's C and N are those of f workers,
and each level below the first adds the time of a chunk.
"""

import argparse
import json
import math

CHUNK = 256 * 1024
# What is left of a link's bits for ZeroMQ's bytes, after Ethernet, IP and TCP.
GOODPUT = 0.94
LINKS = {"10 Gbit/s": 10e9 / 8, "100 Gbit/s": 100e9 / 8}


def rows(path):
    """The rows of one or more JSON lists, one after the other in a file."""
    decoder, text, found = json.JSONDecoder(), open(path).read().strip(), []
    while text:
        value, end = decoder.raw_decode(text)
        found += value
        text = text[end:].lstrip()
    return found


def solve(matrix, right):
    """The solution of a small system of equations, by elimination."""
    size = len(right)
    table = [row + [value] for row, value in zip(matrix, right)]
    for column in range(size):
        pivot = max(range(column, size), key=lambda row: abs(table[row][column]))
        table[column], table[pivot] = table[pivot], table[column]
        for row in range(size):
            if row != column:
                factor = table[row][column] / table[column][column]
                table[row] = [value - factor * other for value, other in zip(table[row], table[column])]
    return [table[index][size] / table[index][index] for index in range(size)]


def fit(measured):
    """a, b and x in seconds, by least squares of relative errors."""
    columns = [(1, row["workers"], row["gradient_bytes_per_step"] + row["parameter_bytes_per_step"]) for row in measured]
    seconds = [row["processor_milliseconds_per_step"] / 1e3 for row in measured]
    scaled = [[value / time for value in column] for column, time in zip(columns, seconds)]
    normal = [[sum(row[i] * row[j] for row in scaled) for j in range(3)] for i in range(3)]
    found = solve(normal, [sum(row[i] for row in scaled) for i in range(3)])
    worst = max(abs(sum(f * c for f, c in zip(found, column)) / time - 1) for column, time in zip(columns, seconds))
    return found, worst


class Model:
    def __init__(self, constants, leaf_seconds, compression):
        self.constants, self.leaf_seconds, self.compression = constants, leaf_seconds, compression

    def meeting(self, workers, parameters, link):
        """Seconds of a step in which one coordinator talks with so many."""
        a, b, x = self.constants
        volume = workers * 4 * parameters * (1 + self.compression)
        return max(a + workers * b + volume * x, volume / (GOODPUT * link))

    def efficiency(self, workers, parameters, link, leaves):
        work = leaves * self.leaf_seconds
        return work / (work + self.meeting(workers, parameters, link))

    def with_tree(self, workers, parameters, link, leaves, children):
        levels = max(1, math.ceil(math.log(workers, children) - 1e-9))
        wait = self.meeting(min(children, workers), parameters, link) + (levels - 1) * children * CHUNK / (GOODPUT * link)
        work = leaves * self.leaf_seconds
        return work / (work + wait)


def print_table(model, networks, leaves, children):
    print("| parameters | link | microbatches a worker | 8 workers | 64 | 512 | 512 with a tree |")
    print("|---|---|---|---|---|---|---|")
    for parameters in networks:
        for name, link in LINKS.items():
            for count in leaves:
                cells = [f"{100 * model.efficiency(workers, parameters, link, count):.0f} %" for workers in (8, 64, 512)]
                cells.append(f"{100 * model.with_tree(512, parameters, link, count, children):.0f} %")
                print(f"| {parameters / 1e6:.1f} M | {name} | {count} | " + " | ".join(cells) + " |")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("rows", help="what `benchmark coordinator --json` printed")
    parser.add_argument("--leaf-seconds", type=float, required=True, help="a microbatch on one thread")
    parser.add_argument("--compression", type=float, default=1, help="bytes of a gradient beside those of the parameters: 0.5 for --wire bf16")
    parser.add_argument("--parameters", type=float, nargs="*", default=[2_649_075, 25e6])
    parser.add_argument("--microbatches", type=int, nargs="*", default=[1, 8])
    parser.add_argument("--children", type=int, default=8, help="of a sub-coordinator")
    options = parser.parse_args()
    constants, worst = fit(rows(options.rows))
    a, b, x = constants
    print(f"C = {a * 1e3:.2f} ms + W · ({b * 1e6:.0f} µs + bytes / ({1e-9 / x:.2f} GB/s)); worst relative error of the fit {100 * worst:.0f} %\n")
    print_table(Model(constants, options.leaf_seconds, options.compression), options.parameters, options.microbatches, options.children)


if __name__ == "__main__":
    main()

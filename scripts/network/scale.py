"""The model of scale of docs/performance.md: fitted to steps on limited links, checked on others, and asked about clusters.

    for c in "2 200" "4 200" "8 200" "2 400" "4 400"; do scripts/network/scatter $c 40; done > fit.txt
    scripts/network/scatter 8 400 40 > check.txt
    python3 scripts/network/scale.py --fit fit.txt --check check.txt --leaf-seconds 0.060

A step of W hosts that compute k microbatches of c seconds each, with G bytes of gradients and Q of parameters, in chunks of b bytes, over links of
`rate` bytes a second in each direction:

    T = k · c + t + max(N / (e · rate), P)

    star     N = u · (G + Q)                       the coordinator's link; u of the hosts compute
             P = x · u · (G + Q)                   its processor
    scatter  N = A + B + 2 · b                     the busiest link, sums first, then parameters, and both pipelines' beginnings
             A = max((W - 1) · h, (1 - 1/W) · G + h, G)     into a holder; out of it with its part of the root; into the coordinator
             B = max((W - 1) · h', Q)              out of a holder; out of the coordinator
             P = 2 · x · (G + Q)                   a worker's processor
             h, h' = the bytes of the busiest holder's chunks: ceil(chunks / W) of them
    groups   of s = W / k hosts, k a power of two of about the root of W; g, g' as h, h' of s hosts
             A = max((s - 1) · g + (k - 1) · h, (1 - 1/s) · G + g + h, G)
             B = max((s - 1) · g' + (k - 1) · h', Q)
             P = 2 · x · (G + Q) · (1 + 1/s)       what a member hands on comes on top

t (what does not depend on bytes), 1/e (how much longer than its bytes a link takes) and x (encryption and sockets, a byte that is sent and received; two
such bytes at a time on the two cores that all hosts of a measurement share) are fitted by least squares of relative errors. In a measurement the
processors' parts, x · W · (G + Q), do not hide behind the links, which they share; on machines of their own they do. Nothing is taken to overlap
with computing. The efficiency is k · c / T.
"""

import argparse
import math
import re

CHUNK = 256 * 1024


def chunk_share(total, hosts):
    """Bytes of the chunks that the busiest of so many holders has."""
    count = math.ceil(total / CHUNK)
    return min(total, math.ceil(count / hosts) * CHUNK)


def scattered(hosts, gradient, parameters):
    """Bytes on the busiest link of a step, one phase after the other."""
    if hosts == 1:
        return gradient + parameters
    sums, passed = chunk_share(gradient, hosts), chunk_share(parameters, hosts)
    adding = max((hosts - 1) * sums, (1 - 1 / hosts) * gradient + sums, gradient)
    return adding + max((hosts - 1) * passed, parameters) + 2 * CHUNK


def group_count(hosts):
    """As many groups as the coordinator forms."""
    count = 2
    while 4 * count * count <= hosts:
        count *= 2
    return count


def grouped(hosts, gradient, parameters):
    """The same in groups."""
    groups = group_count(hosts)
    members = math.ceil(hosts / groups)
    own, own_passed = chunk_share(gradient, members), chunk_share(parameters, members)
    root, root_passed = chunk_share(gradient, hosts), chunk_share(parameters, hosts)
    adding = max(
        (members - 1) * own + (groups - 1) * root, (1 - 1 / members) * gradient + own + root, gradient)
    return adding + max((members - 1) * own_passed + (groups - 1) * root_passed, parameters) + 4 * CHUNK


class Row:
    """One way of one measurement; G and Q are what the coordinator's link carries of a scattered step."""

    def __init__(self, way, hosts, rate, seconds, incoming, gradient):
        self.way, self.hosts, self.rate, self.seconds = way, hosts, rate, seconds
        self.used = hosts if way == "scatter" else incoming / gradient
        volume = 2 * gradient
        self.link = (scattered(hosts, gradient, gradient) if way == "scatter" else self.used * volume) / rate
        self.processor = self.used * volume

    @property
    def columns(self):
        return (1, self.link, self.processor)


def rows(path):
    """What scripts/network/scatter printed, one measurement after the other, where each host has one worker."""
    found, pending = [], []
    for line in open(path):
        if head := re.match(r"(\d+) hosts, (\d+) Mbit/s each way, workers on each: (\d+)", line):
            if head[3] != "1":
                raise SystemExit(f"{path}: the law is that of one worker on each host: leave out what begins with '{line.strip()}'")
            hosts, rate = int(head[1]), float(head[2]) * 1e6 / 8
        elif row := re.match(r"(star|scatter) .* mean ([\d.]+); .*: coordinator in ([\d.]+)", line):
            pending.append((row[1], hosts, rate, float(row[2]) / 1e3, float(row[3]) * 1e6))
            if row[1] == "scatter":
                gradient = pending[-1][4]
                found += [Row(*fields, gradient) for fields in pending]
                pending = []
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
    """t in seconds, 1/e, and x in seconds a byte, by least squares of relative errors; what came out negative is left out."""
    kept = [0, 1, 2]
    while True:
        scaled = [[row.columns[i] / row.seconds for i in kept] for row in measured]
        normal = [[sum(row[i] * row[j] for row in scaled) for j in range(len(kept))] for i in range(len(kept))]
        found = solve(normal, [sum(row[i] for row in scaled) for i in range(len(kept))])
        if min(found) >= 0:
            return [found[kept.index(i)] if i in kept else 0.0 for i in range(3)]
        kept.remove(kept[found.index(min(found))])


def predicted(constants, row):
    return sum(constant * column for constant, column in zip(constants, row.columns))


def step(constants, way, hosts, gradient, parameters, rate, processor):
    """Seconds of a step beside computing, on machines of their own."""
    t, slowness, _ = constants
    volume = gradient + parameters
    if way == "star":
        return t + max(slowness * hosts * volume / rate, processor * hosts * volume)
    if way == "groups":
        more = 1 + group_count(hosts) / hosts
        return t + max(slowness * grouped(hosts, gradient, parameters) / rate, processor * 2 * volume * more)
    return t + max(slowness * scattered(hosts, gradient, parameters) / rate, processor * 2 * volume)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--fit", required=True, help="what scripts/network/scatter printed")
    parser.add_argument("--check", required=True, help="the same of configurations that are not fitted")
    parser.add_argument("--leaf-seconds", type=float, required=True, help="a microbatch on one thread")
    parser.add_argument("--processor", type=float, default=1.23, help="GB a second of one processor with encryption (`benchmark coordinator`)")
    parser.add_argument("--parameters", type=float, default=2_649_075)
    parser.add_argument("--link", type=float, default=10, help="Gbit/s")
    options = parser.parse_args()
    measured, others, laws = rows(options.fit), rows(options.check), {}
    print("| way | t | 1 / e | x |\n|---|---|---|---|")
    for way in ("star", "scatter"):
        laws[way] = fit([row for row in measured if row.way == way])
        t, slowness, x = laws[way]
        print(f"| {way} | {1e3 * t:.0f} ms | {slowness:.2f} | {1e9 * x:.2f} ns a byte |")
    print("\n| hosts | Mbit/s | way | measured, ms | the law, ms | error | |\n|---|---|---|---|---|---|---|")
    for name, group in (("fitted", measured), ("**not fitted**", others)):
        for row in group:
            law = predicted(laws[row.way], row)
            print(f"| {row.hosts} | {row.rate * 8 / 1e6:.0f} | {row.way} ({row.used:.1f} compute) | {1e3 * row.seconds:.0f} | {1e3 * law:.0f} "
                  f"| {100 * (law / row.seconds - 1):+.0f} % | {name} |")
    print("\n| way | wire | 8 hosts | 64 | 512 |\n|---|---|---|---|---|")
    rate, work = options.link * 1e9 / 8, options.leaf_seconds
    laws["groups"] = laws["scatter"]
    for way in ("star", "scatter", "groups"):
        for wire, size in (("float32", 4), ("bf16", 2)):
            times = [step(laws[way], way, hosts, size * options.parameters, 4 * options.parameters, rate, 1e-9 / options.processor)
                     for hosts in (8, 64, 512)]
            print(f"| {way} | {wire} | " + " | ".join(f"{100 * work / (work + time):.0f} % ({1e3 * (work + time):.0f} ms)" for time in times) + " |")


if __name__ == "__main__":
    main()

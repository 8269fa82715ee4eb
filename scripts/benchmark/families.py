"""The presets beside PyTorch on the same objective: whole runs of two workers, taking turns with the fastest arrangement of PyTorch.

    python3 scripts/benchmark/families.py --python PYTHON_WITH_TORCH [PRESET …]

Run it through scripts/bench --families, which builds and installs what it needs. Float32, MNIST (`../shared/data/mnist`) or drawn faces, a preset's batch as its own shards and as two. Prints a table of medians of three rounds.
"""

import argparse
import re
import sys

import datasets
import machine
from comparison import Contestant
from ours import ROOT, Failed, System
from peers import DATA_PARALLEL, ONE_PROCESS, Peer
from report import Table

# What the time of a step is mostly: of convolutions and products we ask for 1.5 times PyTorch's speed.
PRESETS = {
    "mlp": "products", "mlp-score-loo": "products", "mlp-gumbel": "products", "mlp-sigma": "products", "iwae": "products",
    "sbn": "bits", "cvae": "products", "m1": "products", "m2": "products", "pc-vae": "products", "mnist": "convolutions",
    "face-64": "convolutions",
}
GOAL = {"products": 1.5, "convolutions": 1.5}
ARRANGEMENTS = [("f32", ONE_PROCESS), ("f32", DATA_PARALLEL), ("compile", ONE_PROCESS)]
ROUNDS, SECONDS, TRIAL = 3, 2.0, 1.5


def fastest(python, config, batch, log):
    """The arrangement of PyTorch that is the fastest in a trial."""
    best, most = None, 0
    for mode, arrangement in ARRANGEMENTS:
        peer = Peer(python, config, mode, arrangement, log)
        try:
            peer.start()
            rate = peer.measure(batch, TRIAL)
        except (Failed, OSError, ValueError) as error:
            print(f"  {peer.name}: {error}", flush=True)
            peer.stop()
            continue
        slower = best if rate > most else peer
        if rate > most:
            best, most = peer, rate
        if slower:
            slower.stop()
    if not best:
        raise Failed("PyTorch gave no number")
    return best


def number(text, key):
    return int(re.search(rf"\b{key}: (\d+)", text)[1])


def ours(preset, text, folder, shards):
    """A run of two workers on the preset's batch in so many shards; a microbatch has its share of labelled rows."""
    data = datasets.faces(folder, 64, 12_800) if preset.startswith("face") else datasets.mnist(folder)
    if not data:
        raise Failed("MNIST is not in ../shared/data/mnist")
    times = number(text, "shards") // shards
    text = re.sub(r"per_microbatch: (\d+)", lambda found: f"per_microbatch: {int(found[1]) * times}", text)
    config = folder / f"{preset}-{shards}.yaml"
    config.write_text(text)
    # A run of MNIST passes through its images every few seconds, and is measured across that.
    system = System(folder, config, data, shards, number(text, "microbatch") * times, extra=["--evaluate-every", "1000000epochs"])
    return Contestant(f"{shards} shards", lambda: system.measure(SECONDS))


def compare(preset, folder, python, table):
    text = datasets.tributary("preset", preset)
    batch = number(text, "shards") * number(text, "microbatch")
    contestants = [ours(preset, text, folder, shards) for shards in (number(text, "shards"), 2)]
    peer = fastest(python, folder / f"{preset}-{number(text, 'shards')}.yaml", batch, folder / "peer.log")
    try:
        theirs = Contestant(peer.name, lambda: peer.measure(batch, SECONDS))
        for _ in range(ROUNDS):
            for contestant in [*contestants, theirs]:
                contestant.turn()
    finally:
        peer.stop()
    for contestant in contestants:
        table.faster(f"{preset} ({PRESETS[preset]}), batch {batch}, {contestant.sample.name}", contestant.sample, theirs.sample, GOAL.get(PRESETS[preset]))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--python", required=True)
    parser.add_argument("presets", nargs="*", default=list(PRESETS))
    chosen = parser.parse_args()
    folder = ROOT / ".build/bench"
    folder.mkdir(parents=True, exist_ok=True)
    print(machine.text(machine.describe()), flush=True)
    table = Table()
    for preset in chosen.presets:
        try:
            compare(preset, folder, chosen.python, table)
        except (Failed, OSError) as error:
            table.failure(preset, str(error))
    print("\n" + table.text())


if __name__ == "__main__":
    sys.exit(main())

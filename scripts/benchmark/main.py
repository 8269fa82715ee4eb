"""Measures Tributary, and PyTorch beside it where one is given, and prints the table of docs/performance.md.

    python3 scripts/benchmark/main.py [--python PYTHON_WITH_TORCH] [--quick] [--json FILE]

Whatever is compared takes turns, round by round, so that a machine that becomes slower meanwhile does so for all. Run it
through scripts/bench, which builds and installs what it needs.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import time

import machine
from comparison import Comparison
from networks import networks
from ours import ROOT, Failed
from report import Table
from training import time_to_value


def options():
    parser = argparse.ArgumentParser()
    parser.add_argument("--python", help="a Python with PyTorch, to compare with it")
    parser.add_argument("--quick", action="store_true", help="less of everything, in about 5 minutes")
    parser.add_argument("--json", type=pathlib.Path, default=ROOT / ".build/bench/result.json")
    return parser.parse_args()


def revision():
    done = subprocess.run(["git", "-C", ROOT, "describe", "--always", "--dirty"], capture_output=True, text=True)
    return done.stdout.strip() or "unknown"


def main():
    chosen = options()
    begin = time.perf_counter()
    folder = ROOT / ".build/bench"
    folder.mkdir(parents=True, exist_ok=True)
    here = machine.describe()
    table = Table()

    def save():
        """Keeps what is known so far, in case that somebody loses patience."""
        minutes = (time.perf_counter() - begin) / 60
        result = {"machine": here, "revision": revision(), "quick": chosen.quick, "minutes": minutes, "rows": table.rows}
        chosen.json.write_text(json.dumps(result, indent=1) + "\n")
        return minutes

    print(f"{machine.text(here)}; revision {revision()}", flush=True)
    for network in networks(folder, chosen.quick):
        print(f"\n── {network.name}", flush=True)
        try:
            Comparison(network, folder, chosen.python, chosen.quick).measure(table)
        except (Failed, OSError, subprocess.TimeoutExpired) as error:
            table.failure(network.name, str(error))
        save()
    print("\n── Time to the published value", flush=True)
    time_to_value(table, folder, chosen.python, chosen.quick)
    print("\n" + table.text())
    print(f"\nMeasured in {save():.1f} minutes; load now {machine.describe()['load_before']:.2f}. JSON: {chosen.json}")


if __name__ == "__main__":
    sys.exit(main())

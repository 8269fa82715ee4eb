"""PyTorch, measured: servers that take steps when asked and sleep otherwise."""

import json
import os
import select
import subprocess
import time

import machine
from ours import ROOT, Failed, last_line

SCRIPT = ROOT / "scripts/peers/pytorch_vae.py"
# Longest wait for a start or a first measurement, which may compile.
PATIENCE = 240

# (processes, threads): data parallel, or one process whose operators are split.
DATA_PARALLEL, ONE_PROCESS = (2, 1), (1, 2)


class Peer:
    """One arrangement of PyTorch on one network."""

    def __init__(self, python, config, mode, arrangement, log):
        self.mode, self.arrangement, self.log = mode, arrangement, log
        processes, threads = arrangement
        self.name = f"PyTorch {mode}, " + ("DDP of 2 processes" if processes == 2 else "1 process, 2 threads")
        self.memory = []
        # Compiled kernels are kept from one measurement to the next.
        environment = {**os.environ, "TORCHINDUCTOR_CACHE_DIR": str(ROOT / ".build/bench/inductor")}
        with log.open("w") as errors:
            self.process = subprocess.Popen(
                [python, SCRIPT, config, "--mode", mode, "--processes", str(processes), "--threads", str(threads)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, env=environment, start_new_session=True)
        self.members = []
        self.torch = "?"

    def start(self):
        greeting = self.answer()
        self.members, self.torch = greeting["processes"], greeting["torch"]

    def answer(self):
        """The next line, or the reason why there is none."""
        ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE)
        line = self.process.stdout.readline() if ready else b""
        if not line:
            raise Failed(last_line(self.log.read_text()) if ready else f"no answer within {PATIENCE} s")
        return json.loads(line)

    def measure(self, batch, seconds):
        """Images a second at a global batch."""
        self.process.stdin.write(json.dumps({"batch": batch, "seconds": seconds}).encode() + b"\n")
        self.process.stdin.flush()
        rate = self.answer()["images_per_second"]
        self.memory.append({"batch": batch, **machine.memory_of(self.members)})
        return rate

    def stop(self):
        self.process.stdin.close()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, 9)
            self.process.wait()


def train(python, config, data, epochs, log):
    """Seconds from launch to the end of a training, the last epoch's negative ELBO, and when each epoch ended."""
    begin = time.perf_counter()
    losses, ends = [], []
    with log.open("w") as errors, subprocess.Popen(
        [python, SCRIPT, config, "--processes", "1", "--threads", "2", "--train", data, "--epochs", str(epochs)],
        stdout=subprocess.PIPE, stderr=errors, text=True) as process:
        for line in process.stdout:
            losses.append(json.loads(line)["negative_elbo"])
            ends.append(time.perf_counter() - begin)
    seconds = time.perf_counter() - begin
    if process.returncode:
        raise Failed(last_line(log.read_text()))
    return seconds, losses[-1], ends

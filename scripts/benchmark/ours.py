"""Tributary, measured: the engine alone, whole runs, and their memory."""

import json
import pathlib
import shutil
import signal
import subprocess
import time

import machine

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = ROOT / ".build/release"

# Seconds of a run that do not count: the first parameters, pixels and caches.
WARM_UP = 1.2
# Seconds between looks at a run that is only waited for.
SELDOM = 0.05
# Longest wait for a run's first step.
START_LIMIT = 120


class Failed(Exception):
    """A measurement that gave no number, with the reason in one line."""


def last_line(text):
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return lines[-1][:300] if lines else "no message"


def benchmark(*arguments, limit=120):
    """What a subcommand of `benchmark` prints."""
    done = subprocess.run([PROGRAMS / "benchmark", *map(str, arguments), "--json"], capture_output=True, text=True, timeout=limit)
    if done.returncode:
        raise Failed(last_line(done.stderr))
    return json.loads(done.stdout)


def engine(config, seconds, runs_per_load, threads=2):
    """Images a second of the engine alone, of its convolutions alone, and of these with oneDNN's kernels (but for weight gradients)."""
    rates = benchmark("step", "--config", config, "--threads", threads, "--runs-per-load", runs_per_load,
                      "--windows", 1, "--seconds", seconds)["imagesPerSecond"]
    return rates["engine"]["median"], rates["convolutions"]["median"], rates["oneDNN convolutions"]["median"]


class Run:
    """A training under way, with its step times as `metrics.jsonl` shows them."""

    def __init__(self, folder, commands, stopper):
        self.folder, self.log = folder, folder.with_suffix(".log")
        self.rows, self.position, self.pending = [], 0, ""
        self.processes = []
        for command in commands:
            with self.log.open("a") as log:
                self.processes.append(subprocess.Popen(list(map(str, command)), stdout=log, stderr=log, stdin=subprocess.DEVNULL))
        self.first = self.processes[stopper]

    def read(self):
        """Notes the rows that are new, with the time at which they were seen."""
        path = self.folder / "metrics.jsonl"
        if not path.exists():
            return
        with path.open() as file:
            file.seek(self.position)
            text = file.read()
        self.position += len(text.encode())
        lines = (self.pending + text).split("\n")
        self.pending = lines.pop()
        now = time.perf_counter()
        self.rows += [(now, json.loads(line)) for line in lines]

    def wait(self, condition, limit, every=0.002):
        """Looks for new rows every so many seconds, until the condition holds."""
        end = time.perf_counter() + limit
        while not condition():
            if self.first.poll() is not None:
                raise Failed(last_line(self.log.read_text()))
            if time.perf_counter() > end:
                raise Failed(f"nothing within {limit} s")
            time.sleep(every)
            self.read()

    def wait_for_row(self):
        count = len(self.rows)
        self.wait(lambda: len(self.rows) > count, START_LIMIT)

    def stop(self):
        if self.first.poll() is None:
            self.first.send_signal(signal.SIGINT)
        for process in self.processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def steady(run, seconds):
    """Optimizer steps a second between two moments at which a step ended, without an evaluation between them.

    Only those two are watched for closely: who looks 500 times a second takes 2 % of the `mlp` that he measures in bf16.
    """
    run.wait_for_row()
    begin = time.perf_counter()
    run.wait(lambda: time.perf_counter() - begin > WARM_UP, START_LIMIT, SELDOM)
    run.wait_for_row()
    first = len(run.rows) - 1
    end = time.perf_counter() + seconds
    evaluated = lambda: any(row["split"] == "valid" for _, row in run.rows[first + 1:])
    run.wait(lambda: (time.perf_counter() > end and len(run.rows) > first + 2) or evaluated(), START_LIMIT + seconds, SELDOM)
    if not evaluated():
        run.wait_for_row()
    rows = run.rows[first:]
    until = next((index for index, (_, row) in enumerate(rows) if row["split"] == "valid"), len(rows))
    if until < 3:
        raise Failed("an epoch is too short to measure in")
    return (until - 1) / (rows[until - 1][0] - rows[0][0])


class System:
    """A coordinator and workers on a network and data, measured again and again."""

    def __init__(self, scratch, config, data, shards, microbatch, workers=2, threads=1, transport="ipc", prefix=(), extra=()):
        self.scratch, self.config, self.data = scratch, config, data
        self.shards, self.microbatch, self.workers, self.threads = shards, microbatch, workers, threads
        self.transport, self.prefix, self.extra = transport, list(prefix), list(extra)

    def commands(self, folder):
        what = ["--config", self.config, "--data", self.data, "--out", folder, "--shards", self.shards,
                "--microbatch", self.microbatch, "--steps", 1_000_000, *self.extra]
        program = [*self.prefix, PROGRAMS / "tributary"]
        if self.transport == "ipc":
            return [[*program, "train", *what, "--workers", self.workers, "--threads", self.threads]]
        coordinator, worker = TRANSPORTS[self.transport](self.scratch)
        return [[*program, "coordinator", *what, *coordinator]] + [[*program, "worker", *worker, "--threads", self.threads]] * self.workers

    def observe(self, what):
        """Starts a run, hands it to `what`, and stops it."""
        folder = self.scratch / "run"
        shutil.rmtree(folder, ignore_errors=True)
        folder.with_suffix(".log").unlink(missing_ok=True)
        run = Run(folder, self.commands(folder), 0)
        try:
            return what(run)
        finally:
            run.stop()

    def measure(self, seconds):
        """Images a second."""
        return self.observe(lambda run: steady(run, seconds)) * self.shards * self.microbatch

    def memory(self, steps=20):
        """The memory of all processes after some steps, in bytes."""

        def after(run):
            run.wait(lambda: len(run.rows) >= steps, START_LIMIT)
            return machine.memory_of(member for process in run.processes for member in machine.family(process.pid))

        return self.observe(after)


ADDRESS = "tcp://127.0.0.1:17077"


def plain(_):
    return ["--listen", ADDRESS, "--insecure"], ["--connect", ADDRESS, "--insecure"]


def encrypted(scratch):
    keys = scratch / "keys"
    if not keys.exists():
        subprocess.run([PROGRAMS / "tributary", "keys", "new", keys], check=True, capture_output=True)
    return ["--listen", ADDRESS, "--keys", keys], ["--connect", ADDRESS, "--keys", keys / "workers/local"]


# From a scratch folder to what a coordinator and what a worker are told.
TRANSPORTS = {"tcp": plain, "tcp encrypted": encrypted}


def train(folder, config, data, epochs):
    """Seconds from launch to the end of a training, and the last epoch's negative ELBO.

    The preset's 256 images a step as one microbatch for each of two workers."""
    shutil.rmtree(folder, ignore_errors=True)
    begin = time.perf_counter()
    done = subprocess.run(
        [PROGRAMS / "tributary", "train", "--config", config, "--data", data, "--out", folder, "--epochs", str(epochs),
         "--workers", "2", "--shards", "2", "--microbatch", "128"], capture_output=True, text=True)
    seconds = time.perf_counter() - begin
    if done.returncode:
        raise Failed(last_line(done.stderr))
    rows = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    values = [row["negative_elbo"] for row in rows if row["epoch"] == epochs and row["split"] == "train"]
    return seconds, sum(values) / len(values)

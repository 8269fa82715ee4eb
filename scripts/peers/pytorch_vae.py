"""PyTorch on the same work as Tributary: the peer of scripts/bench.

    python scripts/peers/pytorch_vae.py CONFIGURATION.yaml --mode MODE --processes P --threads T
    python scripts/peers/pytorch_vae.py CONFIGURATION.yaml --mode MODE --processes P --threads T --train FILE.h5 --epochs E

MODE is f32, bf16 (autocast), compile or compile-bf16. With several processes it is DistributedDataParallel over Gloo. The
first form reads a line {"batch": examples of all processes, "seconds": length} after another, takes steps on made-up pixels
for about so long and answers each with a line of JSON; between two lines it sleeps. The second trains and prints a line an
epoch.

The C library's allocator is told to keep memory instead of returning it to the system after each tensor; without that
PyTorch is about a quarter slower here.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time

ALLOCATOR = {
    "MALLOC_MMAP_THRESHOLD_": "8000000000",
    "MALLOC_TRIM_THRESHOLD_": "8000000000",
    "MALLOC_TOP_PAD_": "268435456",
}

# Before the first measurement of a batch size: caches, compilation and the clock speed settle.
WARM_UP_STEPS = 4


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("configuration")
    parser.add_argument("--mode", choices=["f32", "bf16", "compile", "compile-bf16"], default="f32")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--train", metavar="FILE.h5")
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--batch", type=int, default=256, help="of --train")
    parser.add_argument("--rank", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--meeting", help=argparse.SUPPRESS)
    return parser.parse_args()


def with_environment(options):
    """Starts this program again where the settings that must be there from the beginning are not."""
    wanted = {**ALLOCATOR, "OMP_NUM_THREADS": str(options.threads)}
    if any(os.environ.get(name) != value for name, value in wanted.items()):
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **wanted})


class Trainer:
    """A model, its optimizer and the state of one process."""

    def __init__(self, options):
        import torch
        import torch.distributed as dist
        from torch.nn.parallel import DistributedDataParallel

        import families
        import network

        self.torch, self.dist, self.world, self.rank = torch, dist, options.processes, options.rank
        torch.set_num_threads(options.threads)
        torch.manual_seed(self.rank)
        configuration = network.configuration(options.configuration)
        self.model = families.model_of(configuration).to(memory_format=torch.channels_last)
        self.groups = self.model.groups(configuration.get("clipping", []))
        self.lower_precision = "bf16" in options.mode
        # A kernel for each batch size: those that take any are slower.
        self.run = torch.compile(self.model, dynamic=False) if "compile" in options.mode else self.model
        if self.world > 1:
            dist.init_process_group("gloo", init_method=f"file://{options.meeting}", rank=self.rank, world_size=self.world)
            self.run = DistributedDataParallel(self.run, gradient_as_bucket_view=True, broadcast_buffers=False)
        # Fused: the fastest of PyTorch's implementations.
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=float(configuration["learning_rate"]), fused=True)
        self.batch = None

    def step(self, *batch):
        torch = self.torch
        self.optimizer.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, enabled=self.lower_precision):
            outputs = self.run(*batch)
        loss = self.model.loss(outputs, *batch)
        loss.backward()
        for parameters, norm in self.groups:
            torch.nn.utils.clip_grad_norm_(parameters, norm)
        self.optimizer.step()
        return loss

    def made_up(self, batch):
        """A batch of this process for measurements."""
        if self.batch is None or self.batch[0] != batch:
            made_up = [self.arranged(tensor) for tensor in self.model.made_up(batch // self.world)]
            self.batch = (batch, made_up)
            for _ in range(WARM_UP_STEPS):
                self.step(*made_up)
        return self.batch[1]

    def arranged(self, tensor):
        """Images with their channels last, as convolutions like them; anything else as it is."""
        return tensor.contiguous(memory_format=self.torch.channels_last) if tensor.dim() == 4 else tensor

    def measure(self, batch, seconds):
        """Images a second over all processes."""
        made_up = self.made_up(batch)
        begin = time.perf_counter()
        self.step(*made_up)
        steps = self.agreed(max(2, round(seconds / (time.perf_counter() - begin))))
        begin = time.perf_counter()
        for _ in range(steps):
            self.step(*made_up)
        elapsed = time.perf_counter() - begin
        return {"images_per_second": batch * steps / elapsed, "steps": steps}

    def agreed(self, steps):
        """The first process's number of steps, in every process."""
        if self.world == 1:
            return steps
        shared = self.torch.tensor([steps])
        self.dist.broadcast(shared, 0)
        return int(shared)

    def train(self, path, epochs, batch):
        """Trains on the split `train`, shuffled anew every epoch, and prints the mean loss of each."""
        import h5py

        torch = self.torch
        with h5py.File(path, "r") as file:
            rows = next(r for r in file.attrs["split"] if r["split"] == b"train" and r["source"] == b"features")
            images = torch.from_numpy(file["features"][rows["start"] : rows["stop"]])
        images = self.model.prepared(images.float() / 255)
        for epoch in range(1, epochs + 1):
            order, losses = torch.randperm(len(images)), []
            for part in order.split(batch):
                losses.append(self.step(images[part]).detach() * len(part))
            loss = float(torch.stack(losses).sum()) / len(images)
            print(json.dumps({"epoch": epoch, "negative_elbo": loss}), flush=True)


def companions(options, meeting):
    """The other processes, each with a pipe for its commands."""
    here = [sys.executable, *sys.argv]
    return [
        subprocess.Popen([*here, "--rank", str(rank), "--meeting", meeting], stdin=subprocess.PIPE, text=True)
        for rank in range(1, options.processes)
    ]


def answer(trainer, others):
    """Measures for each line of commands, in all processes at once."""
    for line in sys.stdin:
        for other in others:
            other.stdin.write(line)
            other.stdin.flush()
        command = json.loads(line)
        result = trainer.measure(command["batch"], command["seconds"])
        if trainer.rank == 0:
            print(json.dumps(result), flush=True)


def main():
    options = arguments()
    with_environment(options)
    with tempfile.TemporaryDirectory() as folder:
        options.meeting = options.meeting or f"{folder}/meeting"
        others = companions(options, options.meeting) if options.rank == 0 else []
        trainer = Trainer(options)
        if options.rank == 0 and not options.train:
            import torch

            print(json.dumps({"torch": torch.__version__, "processes": [os.getpid(), *(o.pid for o in others)]}), flush=True)
        if options.train:
            assert options.processes == 1, "--train takes one process"
            trainer.train(options.train, options.epochs, options.batch)
        else:
            answer(trainer, others)
        for other in others:
            other.stdin.close()
            other.wait()


main()

"""The networks that are compared, and with which batches."""

import dataclasses
import re

import datasets
from ours import ROOT
from peers import DATA_PARALLEL, ONE_PROCESS

PRECISIONS = {"f32": "float32", "bf16": "bfloat16"}


@dataclasses.dataclass
class Network:
    name: str
    text: str  # the configuration
    data: object  # from a folder to a dataset
    batches: list  # (global batch, shards, microbatch)
    peers: dict  # (mode, arrangement) of PyTorch that may be the strongest, for each precision
    rounds: int
    seconds: float  # of each measurement
    goals: dict
    # Whether to measure everything that the main table asks, or the throughputs alone.
    whole: bool = False

    def configuration(self, folder, precision, microbatch=None):
        """A file with the configuration in a precision."""
        text = re.sub(r"(?m)^precision:.*\n", "", self.text)
        if precision != "f32":
            text += f"precision: {precision}\n"
        if microbatch:
            text = re.sub(r"(?m)^microbatch:.*", f"microbatch: {microbatch}", text)
        path = folder / f"{self.name}-{precision}-{microbatch or 'own'}.yaml"
        path.write_text(text)
        return path


def preset(name):
    return datasets.tributary("preset", name)


def networks(folder, quick):
    """All of them, or the two of the goals."""
    rounds, seconds = (2, 2.0) if quick else (4, 3.0)
    eager = {"f32": [("f32", DATA_PARALLEL)], "bf16": [("bf16", DATA_PARALLEL)]}
    compiled = {"f32": eager["f32"] + [("compile", DATA_PARALLEL)], "bf16": eager["bf16"]}
    all_of_face = {
        "f32": compiled["f32"] + [("f32", ONE_PROCESS)],
        "bf16": eager["bf16"] + [("compile-bf16", DATA_PARALLEL), ("bf16", ONE_PROCESS)]}
    one = {"f32": [("f32", ONE_PROCESS)], "bf16": [("bf16", ONE_PROCESS)]}
    all_of_mlp = {
        "f32": one["f32"] + [("compile", ONE_PROCESS), ("f32", DATA_PARALLEL)],
        "bf16": one["bf16"] + [("compile-bf16", ONE_PROCESS), ("bf16", DATA_PARALLEL)]}
    face = Network(
        "face-128", preset("face-128"), lambda: datasets.faces(folder, 128, 3200 if quick else 6400),
        [(64, 2, 32)] if quick else [(64, 2, 32), (256, 8, 32)], eager if quick else all_of_face, rounds, seconds,
        FACE_GOALS, whole=True)
    mlp = Network(
        "mlp", preset("mlp"), lambda: datasets.digits(folder, 240_000 if quick else 480_000), [(256, 2, 128)],
        one if quick else all_of_mlp, rounds, 1.5, MLP_GOALS)
    if quick:
        return [face, mlp]
    small = Network(
        "face-64", preset("face-64"), lambda: datasets.faces(folder, 64, 12_800), [(128, 4, 32)], compiled, 3, 2.0, {})
    custom = Network(
        "custom", (ROOT / "scripts/peers/custom.yaml").read_text(), lambda: datasets.faces(folder, 96, 6400),
        [(128, 4, 32)], compiled, 3, 2.0, {})
    return [face, mlp, small, custom]


FACE_GOALS = {
    ("engine", "f32"): 2.3, ("engine", "bf16"): 3.6, ("system", "f32"): 2.1, ("system", "bf16"): 3.2,
    "convolutions": 1.15, "two workers": 1.93, "memory": 0.4,
}
# PyTorch's strongest arrangement for this network is one process of two threads, so ours may be that, too.
MLP_GOALS = {("system", "f32"): 2.5, ("system", "bf16"): 2.2, ("threads", "f32"): 2.5, ("threads", "bf16"): 2.2}

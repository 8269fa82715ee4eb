"""Has TensorBoard read a run's events, and compares what it would show with the run's record (docs/tracking.md).

    python scripts/interchange/read_tensorboard.py RUN
"""

import collections
import json
import pathlib
import sys

import numpy as np
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams import plugin_data_pb2

NOT_NUMBERS = ["version", "step", "epoch", "split"]


def recorded(run):
    """The finite numbers of metrics.jsonl by tag, in order, as TensorBoard's float32."""
    found = collections.defaultdict(list)
    for line in open(run / "metrics.jsonl"):
        row = json.loads(line)
        for key, value in row.items():
            if key not in NOT_NUMBERS and value is not None:
                found[f"{row['split']}/{key}"].append((row["step"], float(np.float32(value))))
    return found


def check_hyperparameters(board):
    """A configuration as TensorBoard's page of hyperparameters parses it."""
    content = board.SummaryMetadata("_hparams_/session_start_info").plugin_data.content
    start = plugin_data_pb2.HParamsPluginData.FromString(content).session_start_info
    assert start.hparams["seed"].number_value == 1, start
    content = board.SummaryMetadata("_hparams_/experiment").plugin_data.content
    experiment = plugin_data_pb2.HParamsPluginData.FromString(content).experiment
    assert {info.name for info in experiment.hparam_infos} == set(start.hparams), experiment
    return len(start.hparams)


run = pathlib.Path(sys.argv[1])
board = EventAccumulator(str(run / "tensorboard"), size_guidance={"scalars": 0, "images": 0, "tensors": 0, "histograms": 0})
board.Reload()
tags = board.Tags()
expected = recorded(run)
shown = {tag: [(event.step, event.value) for event in board.Scalars(tag)] for tag in tags["scalars"]}
for tag, values in expected.items():
    assert shown.get(tag) == values, f"{tag}: {shown.get(tag, [])[:3]}… of TensorBoard, {values[:3]}… of metrics.jsonl"
assert {tag for tag in shown if not tag.startswith("schedule/")} == set(expected), set(shown) ^ set(expected)
steps = [step for step, _ in expected["train/negative_elbo"]]
for tag in ["schedule/learning_rate", "schedule/divergence_weight"]:
    assert [step for step, _ in shown[tag]] == steps, tag
pictures = {tag: len(board.Images(tag)) for tag in tags["images"]}
for tag in ["reconstructions", "samples"]:
    files = list((run / "samples").glob(f"{tag}-*.png"))
    assert pictures[tag] == len(files) > 0, (tag, pictures, files)
    assert {image.encoded_image_string for image in board.Images(tag)} == {file.read_bytes() for file in files}, tag
evaluated = {step for step, _ in expected["valid/negative_elbo"]}
for tag in ["latents/divergence", "latents/variance_of_mean"]:
    spread = board.Histograms(tag)
    assert {event.step for event in spread} <= evaluated and spread[-1].step == max(evaluated), tag
    assert sum(spread[-1].histogram_value.bucket) == spread[-1].histogram_value.num > 1, spread[-1]
text = board.Tensors("configuration")[0].tensor_proto.string_val[0].decode()
assert (run / "config.yaml").read_text() in text, text
files = len(list((run / "tensorboard").iterdir()))
print(
    f"{files} files of events: {len(expected)} curves of {len(steps)} steps equal metrics.jsonl, {sum(pictures.values())} pictures, "
    f"{check_hyperparameters(board)} hyperparameters"
)

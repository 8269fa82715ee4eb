"""How long it takes to train `mlp` on MNIST to the value that its source published."""

import ours
import peers
from datasets import mnist
from networks import preset
from ours import Failed

EPOCHS, PUBLISHED = 30, 83.03
GOAL = 0.4
# With --quick: measured, and then extended by the time of an epoch.
FEW = 3


def time_to_value(table, folder, python, quick):
    work = f"mlp on MNIST, launch to the end of epoch {EPOCHS} (published: {PUBLISHED} nats)"
    data = mnist(folder)
    if not data:
        return table.failure(work, "MNIST's four files are not at ../shared/data/mnist")
    config = folder / "mlp.yaml"
    config.write_text(preset("mlp"))
    try:
        if quick:
            return extrapolated(table, work, folder, config, data, python)
        seconds, nats = ours.train(folder / "mnist", config, data, EPOCHS)
        theirs = peers.train(python, config, data, EPOCHS, folder / "peer.log") if python else (None, None, [])
    except (Failed, OSError) as error:
        return table.failure(work, str(error))
    words = f": {nats:.2f} nats" + (f"; PyTorch 1 process, 2 threads: {theirs[1]:.2f}" if python else "")
    table.seconds(work + words, seconds, theirs[0], GOAL, {"nats": nats, "peer_nats": theirs[1]})


def extrapolated(table, work, folder, config, data, python):
    """From one epoch and a few, as if every further one took as long."""
    one, few = (ours.train(folder / "mnist", config, data, epochs)[0] for epochs in (1, FEW))
    mine = one + (few - one) / (FEW - 1) * (EPOCHS - 1)
    theirs = None
    if python:
        _, _, ends = peers.train(python, config, data, FEW, folder / "peer.log")
        theirs = ends[0] + (ends[-1] - ends[0]) / (FEW - 1) * (EPOCHS - 1)
    table.seconds(work + f": EXTRAPOLATED from {FEW} epochs", mine, theirs, GOAL, {"extrapolated_from": FEW})

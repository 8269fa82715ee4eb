"""Takes a VAE of somebody else's from PyTorch into a run and back, and compares: the network of Raschka's second notebook (STAT 453, 2021, lecture
17), written as it is there, with random weights and running statistics.

    python scripts/interchange/import_from_pytorch.py TRIBUTARY FOLDER
"""

import subprocess
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn


class Reshape(nn.Module):
    def forward(self, x):
        return x.view(-1, 64, 8, 8)


class Trim(nn.Module):
    def forward(self, x):
        return x[:, :, :128, :128]


def block(layer, channels):
    return [layer, nn.BatchNorm2d(channels), nn.LeakyReLU(0.1), nn.Dropout2d(0.25)]


class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        channels = [3, 32, 64, 64, 64]
        halvings = [nn.Conv2d(a, b, stride=2, kernel_size=3, bias=False, padding=1) for a, b in zip(channels, channels[1:])]
        self.encoder = nn.Sequential(*[part for layer in halvings for part in block(layer, layer.out_channels)], nn.Flatten())
        self.z_mean = nn.Linear(4096, 200)
        self.z_log_var = nn.Linear(4096, 200)
        doublings = [nn.ConvTranspose2d(a, b, stride=2, kernel_size=3, padding=p) for a, b, p in [(64, 64, 0), (64, 64, 1), (64, 32, 1)]]
        self.decoder = nn.Sequential(
            nn.Linear(200, 4096),
            Reshape(),
            *[part for layer in doublings for part in block(layer, layer.out_channels)],
            nn.ConvTranspose2d(32, 3, stride=2, kernel_size=3, padding=1),
            Trim(),
            nn.Sigmoid(),
        )


tributary, folder = sys.argv[1], Path(sys.argv[2])
torch.manual_seed(1)
theirs = VAE()
with torch.no_grad():
    for _ in range(3):
        theirs.decoder(theirs.z_mean(theirs.encoder(torch.rand(8, 3, 128, 128))))
theirs.eval()
save_file({name: tensor.contiguous() for name, tensor in theirs.state_dict().items()}, folder / "theirs.safetensors")
(folder / "names.txt").write_text("encoder_mean          z_mean\nencoder_log_variance  z_log_var\n")


def run(*words):
    subprocess.run([tributary, *map(str, words)], check=True, timeout=300)


run("data", "synthesize", "faces", "--count", 400, "--size", 128, "--out", folder / "faces.h5")
run("import-weights", folder / "theirs.safetensors", "--preset", "face-128", "--data", folder / "faces.h5",
    "--names", folder / "names.txt", "--out", folder / "run")
run("export", folder / "run", "--count", 1, "--out", folder / "ours")
sys.path.insert(0, str(folder / "ours"))
from model import load  # noqa: E402

ours = load()
with torch.no_grad():
    x, z = torch.rand(4, 3, 128, 128), torch.randn(4, 200)
    features = theirs.encoder(x)
    expected = theirs.z_mean(features), theirs.z_log_var(features), theirs.decoder(z)
    for mine, other in zip([*ours.encode(x), ours.decode(z)], expected):
        assert torch.equal(mine, other), f"differs by {(mine - other).abs().max()}"
print("the notebook's network came back from a run with the same bits in every output.")

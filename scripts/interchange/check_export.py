"""Checks exports against other programs: safetensors, ONNX Runtime, onnx's own evaluator, and with --torch PyTorch.

    python scripts/interchange/check_export.py FOLDER [--torch]

FOLDER holds one folder for each export, as .build/release/exports makes them, with its checkpoint and with what Tributary itself makes of
some inputs (expected.safetensors). Every number may differ by 1e-5, or by that share of itself.
"""

import importlib.util
import json
import sys
from pathlib import Path

import h5py
import numpy as np
import onnx
import onnxruntime
import yaml
from onnx.reference import ReferenceEvaluator
from safetensors import safe_open

TOLERANCE = 1e-5
GRAPHS = {"encoder": ["mean", "log_variance"], "decoder": ["image"], "classifier": ["probabilities"]}
worst = {}


def read(path):
    with safe_open(path, "np") as file:
        return {name: file.get_tensor(name) for name in file.keys()}, file.metadata() or {}


def compare(judge, what, found, expected):
    assert found.shape == expected.shape, f"{what}: {judge} gives {found.shape}, expected {expected.shape}"
    error = np.max(np.abs(found - expected) / np.maximum(1, np.abs(expected)), initial=0)
    assert error <= TOLERANCE, f"{what}: {judge} differs by {error}"
    worst[judge] = max(worst.get(judge, 0), float(error))


def check_tensors(folder):
    """The tensors are the checkpoint's, bit by bit, whatever they are called."""
    tensors, metadata = read(folder / "model.safetensors")
    assert metadata["format"] == "pt" and json.loads(metadata["contract"])["format_version"] == 1
    stored = []
    with h5py.File(folder / "checkpoint.h5") as file:
        assert metadata["digest"].encode() == bytes(file["progress"].attrs["digest"])
        for group in ("parameters", "statistics"):
            file[group].visititems(lambda _, item: stored.append(item[()]) if isinstance(item, h5py.Dataset) else None)
    floats = [tensor for tensor in tensors.values() if tensor.dtype == np.float32]
    bits = lambda all: sorted((tensor.shape, tensor.tobytes()) for tensor in all)
    assert bits(floats) == bits(stored), f"{folder}: the tensors are not the checkpoint's"


def check_onnx(folder, expected):
    for name, outputs in GRAPHS.items():
        path = folder / f"{name}.onnx"
        if not path.exists():
            continue
        onnx.checker.check_model(str(path), full_check=True)
        model = onnx.load(path)
        onnx.shape_inference.infer_shapes(model, strict_mode=True, check_type=True)
        judges = {"ONNX Runtime": onnxruntime.InferenceSession(path), "onnx": ReferenceEvaluator(model)}
        inputs = [item.name for item in model.graph.input]
        names = [item.name for item in model.graph.output]
        assert names == [output for output in outputs if output in expected], f"{path} gives {names}"
        for judge, session in judges.items():
            for rows in (1, 7):
                found = session.run(names, {item: expected[item][:rows] for item in inputs})
                for output, values in zip(names, found):
                    compare(judge, f"{path} {output}", values, expected[output][:rows])


def check_card(folder):
    text = (folder / "README.md").read_text()
    start, matter, _ = text.split("---\n", 2)
    card = yaml.safe_load(matter)
    assert start == "" and card["license"] and "vae" in card["tags"]
    for result in card.get("model-index", [{}])[0].get("results", []):
        assert result["task"]["type"] and result["dataset"]["type"] and result["dataset"]["name"]
        assert all(metric["type"] and isinstance(metric["value"], float) for metric in result["metrics"])
    json.loads((folder / "config.json").read_text())


def check_torch(folder, expected):
    import torch

    spec = importlib.util.spec_from_file_location("model", folder / "model.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    model = module.load()
    given = {name: torch.from_numpy(values) for name, values in expected.items()}
    label = [given["label"]] if "label" in given else []
    with torch.no_grad():
        posterior = model.encode(given["pixels"], *label)
        posterior = posterior if isinstance(posterior, tuple) else (posterior,)
        found = {**dict(zip(GRAPHS["encoder"], posterior)), "image": model.decode(given["latents"], *label)}
        if "probabilities" in expected:
            found["probabilities"] = model.classify(given["pixels"])
        if hasattr(model, "prior"):
            assert model.decode(model.prior(7), *label).shape == given["image"].shape
        assert model(given["pixels"], *label).shape == given["pixels"].shape
    for name, values in found.items():
        compare("PyTorch", f"{folder}/model.py {name}", values.numpy(), expected[name])


folders = sorted(path.parent for path in Path(sys.argv[1]).glob("*/model.safetensors"))
assert folders, f"there are no exports in {sys.argv[1]}"
for folder in folders:
    expected, _ = read(folder / "expected.safetensors")
    check_tensors(folder)
    check_onnx(folder, expected)
    check_card(folder)
    if "--torch" in sys.argv:
        check_torch(folder, expected)
print(f"{len(folders)} exports; the greatest differences:", ", ".join(f"{name} {error:.1e}" for name, error in worst.items()))

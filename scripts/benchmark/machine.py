"""What the figures were measured on."""

import os
import pathlib
import platform

SETS = ["avx2", "fma", "avx512f", "avx512vl", "avx512_vnni", "avx512_bf16", "amx_bf16"]


def describe():
    fields = {}
    for line in pathlib.Path("/proc/cpuinfo").read_text().split("\n\n")[0].splitlines():
        name, _, value = line.partition(":")
        fields[name.strip()] = value.strip()
    memory = int(pathlib.Path("/proc/meminfo").read_text().split()[1]) * 1024
    return {
        "processor": fields.get("model name", platform.machine()),
        "family": f"{fields.get('cpu family', '?')}/{fields.get('model', '?')}",
        "cores": len(os.sched_getaffinity(0)),
        "instruction_sets": [name for name in SETS if name in fields.get("flags", "").split()],
        "cache": fields.get("cache size", "?"),
        "memory_bytes": memory,
        "kernel": platform.release(),
        "load_before": os.getloadavg()[0],
    }


def text(machine):
    return (f"{machine['processor']} (family/model {machine['family']}), cores: {machine['cores']}, "
            f"{' '.join(machine['instruction_sets'])}, {machine['memory_bytes'] / 2**30:.0f} GiB, "
            f"load before: {machine['load_before']:.2f}")


def memory_of(processes):
    """The memory of processes in bytes: proportional set size now, and the sum of their peak resident sizes."""
    proportional = peak = 0
    for process in processes:
        proportional += field(f"/proc/{process}/smaps_rollup", "Pss:")
        peak += field(f"/proc/{process}/status", "VmHWM:")
    return {"proportional": proportional, "peak_resident": peak}


def field(path, name):
    try:
        lines = pathlib.Path(path).read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(name)), 0)


def family(process):
    """A process and all that descend from it."""
    found = [process]
    for parent in found:
        for thread in pathlib.Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                found += [int(child) for child in thread.read_text().split()]
            except OSError:
                pass
    return found

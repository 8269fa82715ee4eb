"""`tributary explore` as a process, for the checks beside this file."""

import re
import subprocess


class Server:
    """Serves a run until the `with` block ends."""

    def __init__(self, tributary, run, *options):
        self.command = [tributary, "explore", run, "--port", "0", *options]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        found = re.fullmatch(r"(http://127\.0\.0\.1:(\d+)/)\n", line)
        if not found:
            raise SystemExit(f"{' '.join(self.command)} printed {line!r} and no address")
        self.address, self.port = found[1], int(found[2])
        return self

    def __exit__(self, *_):
        self.process.send_signal(2)
        code = self.process.wait(1200)
        if code != 0:
            raise SystemExit(f"after Ctrl-C the exit code is {code}, not 0")

    @property
    def resident_kilobytes(self):
        """The memory that the process has, as the kernel counts it."""
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))

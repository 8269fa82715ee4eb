"""How long `tributary explore` takes from a change to the picture, and what many changes leave in its memory.

    python3 scripts/explore/load.py TRIBUTARY RUN [CHANGES]

Prints the median and the slowest of 200 changes, one after another over one connection. Then it sends CHANGES more (100,000 where none
are given), each a code of its own, and fails where the process has grown by more than 8 MiB since the first tenth of them.
"""

import http.client
import json
import random
import statistics
import sys
import time

from server import Server

tributary, run, *rest = sys.argv[1:]
changes = int(rest[0]) if rest else 100_000
most_growth = 8 << 10


class Page:
    """What a page does: sends codes, and gets pictures."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.count = len(json.loads(self.get("/draw.json?seed=1"))["code"])

    def get(self, path):
        self.connection.request("GET", path)
        return self.connection.getresponse().read()

    def change(self):
        code = [round(random.gauss(0, 1), 4) for _ in range(self.count)]
        body = json.dumps({"code": code})
        begun = time.perf_counter()
        self.connection.request("POST", "/picture.png", body)
        answer = self.connection.getresponse()
        picture = answer.read()
        seconds = time.perf_counter() - begun
        if answer.status != 200 or not picture.startswith(b"\x89PNG"):
            raise SystemExit(f"the answer is {answer.status}: {picture[:200]}")
        return seconds


random.seed(1)
with Server(tributary, run) as server:
    page = Page(server.port)
    times = [1000 * page.change() for _ in range(200)]
    print(f"{page.count} numbers a code; from a change to its picture {statistics.median(times):.2f} ms, "
          f"the slowest of 200 {max(times):.2f} ms")
    for _ in range(changes // 10):
        page.change()
    begun = server.resident_kilobytes
    for _ in range(changes - changes // 10):
        page.change()
    grown = server.resident_kilobytes - begun
    print(f"{changes} changes: {begun} KiB after a tenth of them, {grown:+} KiB at the end")
    if grown > most_growth:
        raise SystemExit(f"the process has grown by {grown} KiB, and {most_growth} KiB are allowed")

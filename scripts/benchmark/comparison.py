"""One network: Tributary's engine and whole runs beside the strongest arrangement of PyTorch, taking turns."""

import datasets
from networks import PRECISIONS
from ours import TRANSPORTS, Failed, System, engine
from peers import DATA_PARALLEL, Peer
from sample import Sample, best, figure

ARRANGEMENTS = {
    "engine": "engine alone, 2 threads", "system": "2 workers, ipc", "threads": "1 worker of 2 threads, ipc"}
# Seconds of a measurement that only chooses among arrangements of PyTorch.
TRIAL = 2.5


class Contestant:
    """Something that is measured once a round."""

    def __init__(self, name, measure):
        self.sample, self.measure = Sample(name), measure

    def turn(self):
        if self.sample.failure:
            return
        try:
            self.sample.values.append(self.measure())
        except (Failed, OSError, KeyError, ValueError) as error:
            self.sample.failure = str(error) or type(error).__name__
            print(f"  {self.sample.name}: {self.sample.failure}", flush=True)


class Comparison:
    def __init__(self, network, folder, python, quick):
        self.network, self.folder, self.python, self.quick = network, folder, python, quick
        self.contestants, self.peers, self.systems = {}, {}, {}
        # By precision and batch: the rate, the name and the memory of the fastest PyTorch of two processes.
        self.pairs = {}
        self.steps, self.plain_steps = {}, {}

    def measure(self, table):
        self.data = self.network.data()
        try:
            for precision in PRECISIONS:
                self.add_ours(precision)
                if self.python:
                    self.choose_peers(precision)
            self.add_others()
            for round in range(1, self.network.rounds + 1):
                print(f"  round {round} of {self.network.rounds}", flush=True)
                for contestant in self.contestants.values():
                    contestant.turn()
        finally:
            for peer in set(self.peers.values()):
                peer.stop()
        self.report(table)

    # What is measured.

    def add(self, key, name, measure):
        self.contestants[key] = Contestant(name, measure)

    def add_ours(self, precision):
        for batch, shards, microbatch in self.network.batches:
            config = self.network.configuration(self.folder, precision, microbatch)
            self.add(("engine", precision, batch), f"engine {precision}, {batch}", self.engine(precision, batch, config, shards))
            self.add_system(("system", precision, batch), precision, batch, shards, microbatch)
            if ("threads", precision) in self.network.goals:
                self.add_system(("threads", precision, batch), precision, batch, shards, microbatch, workers=1, threads=2)

    def engine(self, precision, batch, config, shards):
        """Measures the engine, and keeps what its step costs beside its convolutions."""
        costs = self.steps.setdefault((precision, batch), Sample(f"step / convolutions {precision}, {batch}"))
        plain_costs = self.plain_steps.setdefault((precision, batch), Sample(f"step / plain {precision}, {batch}"))

        def measure():
            whole, alone, plain = engine(config, self.network.seconds / 2, shards // 2)
            costs.values.append(alone / whole)
            plain_costs.values.append(plain / whole)
            return whole

        return measure

    def add_system(self, key, precision, batch, shards, microbatch, data=None, **how):
        config = self.network.configuration(self.folder, precision, microbatch)
        system = System(self.folder, config, data or self.data, shards, microbatch, **how)
        self.systems[key] = system
        name = " ".join(str(part) for part in key)
        self.add(key, name, lambda: system.measure(self.network.seconds))

    def add_others(self):
        """The other transports, one worker, and memory: of the main network alone."""
        if not self.network.whole:
            return
        for precision in PRECISIONS:
            for transport in TRANSPORTS:
                batch, shards, microbatch = self.network.batches[-1]
                self.add_system((transport, precision, batch), precision, batch, shards, microbatch, transport=transport)
        self.add_system(("one worker", "f32", 256), "f32", 256, 8, 32, workers=1, prefix=["taskset", "-c", "0"])
        if ("system", "f32", 256) not in self.contestants:
            self.add_system(("system", "f32", 256), "f32", 256, 8, 32)

    # The strongest PyTorch.

    def choose_peers(self, precision):
        """Starts every arrangement, tries each batch, and keeps those that are the fastest at one."""
        trials = {}
        for mode, arrangement in self.network.peers[precision]:
            peer = Peer(self.python, self.network.configuration(self.folder, "f32"), mode, arrangement, self.folder / "peer.log")
            try:
                peer.start()
                rates = {batch: peer.measure(batch, TRIAL) for batch, _, _ in self.network.batches}
            except (Failed, OSError, ValueError) as error:
                print(f"  {peer.name}: {error}", flush=True)
                peer.stop()
                continue
            if arrangement == DATA_PARALLEL:
                self.keep_of_pair(precision, peer, rates)
            print(f"  {peer.name}: " + ", ".join(f"{figure(r)} images/s at {b}" for b, r in rates.items()), flush=True)
            losers = self.replace(trials, peer, rates)
            for loser in losers:
                loser.stop()
        for batch, (peer, _) in trials.items():
            self.peers[precision, batch] = peer
            self.add(("peer", precision, batch), f"{peer.name}, {batch}", self.peer_measure(peer, batch))

    def keep_of_pair(self, precision, peer, rates):
        """Keeps the memory of the fastest two processes, also where one process is faster still."""
        for batch, rate in rates.items():
            if rate > self.pairs.get((precision, batch), (0,))[0]:
                # The first: a peak stays, so that of a later, larger batch would count as well.
                self.pairs[precision, batch] = (rate, peer.name, next(m for m in peer.memory if m["batch"] == batch))

    def peer_measure(self, peer, batch):
        return lambda: peer.measure(batch, self.network.seconds)

    @staticmethod
    def replace(trials, peer, rates):
        """Puts the peer where it is the fastest, and returns those that are no longer so anywhere."""
        before = {other for other, _ in trials.values()} | {peer}
        for batch, rate in rates.items():
            if batch not in trials or trials[batch][1] < rate:
                trials[batch] = (peer, rate)
        return before - {other for other, _ in trials.values()}

    # What is said about it.

    def sample(self, *key):
        contestant = self.contestants.get(key)
        return contestant.sample if contestant else None

    def report(self, table):
        name = self.network.name
        for precision in PRECISIONS:
            for batch, _, _ in self.network.batches:
                peer = self.sample("peer", precision, batch)
                for kind, words in ARRANGEMENTS.items():
                    if ours := self.sample(kind, precision, batch):
                        goal = self.network.goals.get((kind, precision))
                        table.faster(f"{name} {precision}, batch {batch}: {words}", ours, peer, goal)
                table.cost(f"{name} {precision}, batch {batch}: step / its convolutions alone", self.steps[precision, batch],
                           self.network.goals.get("convolutions") if precision == "f32" else None)
                table.cost(f"{name} {precision}, batch {batch}: step / convolutions and input gradients by oneDNN, weight gradients ours",
                           self.plain_steps[precision, batch], None)
            for transport in TRANSPORTS:
                if self.network.whole:
                    batch = self.network.batches[-1][0]
                    table.faster(f"{name} {precision}, batch {batch}: 2 workers, {transport}",
                                 self.sample(transport, precision, batch), self.sample("peer", precision, batch), None)
        if self.network.whole:
            table.faster(f"{name} f32, batch 256: 2 workers / 1 worker on one core", self.sample("system", "f32", 256),
                         self.sample("one worker", "f32", 256), self.network.goals["two workers"], "1 worker")
            self.report_memory(table)

    def report_memory(self, table):
        """Peak memory, on a dataset so small that the workers' copies of it hardly count."""
        small = datasets.faces(self.folder, 128, 640)
        for precision in PRECISIONS:
            for batch, shards, microbatch in self.network.batches:
                system = System(self.folder, self.network.configuration(self.folder, precision, microbatch), small, shards, microbatch)
                _, peer, theirs = self.pairs.get((precision, batch), (0, None, None))
                try:
                    ours = system.memory()
                except Failed as error:
                    table.failure(f"memory {precision}, batch {batch}", str(error))
                    continue
                table.memory(f"{self.network.name} {precision}, batch {batch}: memory of all processes", ours, theirs,
                             self.network.goals["memory"], peer)

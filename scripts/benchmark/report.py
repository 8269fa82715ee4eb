"""The table of what was measured."""

from sample import figure, ratio


class Table:
    def __init__(self):
        self.rows = []

    def add(self, work, ours, theirs, quotient, goal, met, details):
        self.rows.append({"work": work, "ours": ours, "theirs": theirs, "ratio": quotient, "goal": goal, "met": met, **details})
        print("  " + self.line(self.rows[-1]), flush=True)

    def faster(self, work, ours, theirs, goal, name=None):
        """Throughputs, where more is better."""
        if not ours.values:
            return self.failure(work, ours.failure)
        quotient = ratio(ours, theirs)
        details = {"ours_measured": ours.json()} | ({"theirs_measured": theirs.json()} if theirs else {})
        beside = f"{theirs.text()} {name or theirs.name}" if theirs else None
        self.add(work, ours.text() + " images/s", beside, quotient, f"≥ {goal}×" if goal else None,
                 quotient >= goal if goal and quotient else None, details)

    def cost(self, work, sample, goal):
        """A ratio of times, where less is better."""
        if not sample.values:
            return self.failure(work, "not measured")
        self.add(work, sample.text() + "×", None, sample.median, f"≤ {goal}×" if goal else None,
                 sample.median <= goal if goal and sample.values else None, {"ours_measured": sample.json()})

    def memory(self, work, ours, theirs, goal, peer):
        quotient = ours["peak_resident"] / theirs["peak_resident"] if theirs else None
        beside = f"{size(theirs)} {peer}" if theirs else None
        self.add(work, size(ours), beside, quotient, f"≤ {goal}×", quotient <= goal if quotient else None,
                 {"ours_measured": ours, "theirs_measured": theirs})

    def seconds(self, work, ours, theirs, goal, details):
        quotient = ours / theirs if theirs else None
        self.add(work, f"{figure(ours)} s", f"{figure(theirs)} s" if theirs else None, quotient, f"≤ {goal}×",
                 quotient <= goal if quotient else None, details)

    def failure(self, work, reason):
        self.rows.append({"work": work, "failure": reason})
        print(f"  {work}: {reason}", flush=True)

    @staticmethod
    def line(row):
        if "failure" in row:
            return f"| {row['work']} | failed: {row['failure']} | | | |"
        quotient = f"{row['ratio']:.3g}×" if row["ratio"] else ""
        verdict = {True: " met", False: " missed", None: ""}[row["met"]]
        return f"| {row['work']} | {row['ours']} | {row['theirs'] or ''} | {quotient} | {row['goal'] or ''}{verdict} |"

    def text(self):
        """The whole table: medians, with the extremes in brackets."""
        head = ["| work | Tributary | beside it | ratio | goal |", "|---|---|---|---|---|"]
        return "\n".join(head + [self.line(row) for row in self.rows])


def size(memory):
    return f"{memory['peak_resident'] / 1e6:,.0f} MB peak resident, {memory['proportional'] / 1e6:,.0f} MB proportional"

"""Measured values and their order statistics."""

import statistics


class Sample:
    """The values of one thing, a value a round, or the reason why there are none."""

    def __init__(self, name):
        self.name, self.values, self.failure = name, [], None

    @property
    def median(self):
        return statistics.median(self.values) if self.values else None

    def json(self):
        if not self.values:
            return {"name": self.name, "failure": self.failure or "not measured"}
        return {"name": self.name, "median": self.median, "minimum": min(self.values), "maximum": max(self.values),
                "values": self.values}

    def text(self):
        """The median, and in brackets the extremes."""
        if not self.values:
            return "failed"
        return f"{figure(self.median)} ({figure(min(self.values))}–{figure(max(self.values))})"


def figure(value):
    """A number with three or four digits that count."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def ratio(above, below):
    """The ratio of two medians, or None where one is missing."""
    return above.median / below.median if above and below and above.values and below.values else None


def best(samples):
    """The sample with the highest median, or None."""
    measured = [sample for sample in samples if sample.values]
    return max(measured, key=lambda sample: sample.median) if measured else None

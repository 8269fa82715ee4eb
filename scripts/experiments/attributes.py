"""attributes.py CODES.h5 TABLE.md — how well logistic regression tells each attribute from codes that `tributary embed` wrote.

It is fitted to the training images' codes, scaled to variance 1, and judged by held-out ones. Beside it is the share of held-out images that are right if all
are said to be as most training images are. The table goes to TABLE.md, and both means to standard output, in percent.
"""

import sys

import h5py
import numpy
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

with h5py.File(sys.argv[1]) as file:
    codes = file["mean"][:]
    targets = file["targets"][:] > 0
    names = [name.decode() if isinstance(name, bytes) else str(name) for name in file["targets"].attrs["names"]]
    training = file["split"].asstr()[:] == "train"

rows = []
for name, target in zip(names, targets.T):
    classifier = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=1000))
    classifier.fit(codes[training], target[training])
    right = classifier.score(codes[~training], target[~training])
    most = target[training].mean() > 0.5
    rows.append((name, 100 * right, 100 * (target[~training] == most).mean()))

with open(sys.argv[2], "w") as table:
    print("| attribute | from codes | majority |\n|---|---|---|", file=table)
    for name, right, majority in rows:
        print(f"| `{name}` | {right:.1f} % | {majority:.1f} % |", file=table)
print(f"codes {numpy.mean([row[1] for row in rows]):.2f}")
print(f"majority {numpy.mean([row[2] for row in rows]):.2f}")

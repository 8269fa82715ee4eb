"""Classifiers of scikit-learn and SciPy on keyed vectors, for Tests/FittingTests: prints what the test holds.

Logistic regression has scikit-learn's own penalty, ½ ‖W‖² + Σ loss (C = 1). Its linear SVM penalises biases, so that one is minimised by
SciPy.
"""

import numpy as np
from scipy.optimize import minimize
from scipy.stats import t
from sklearn.linear_model import LogisticRegression

from philox import Stream

CLASSES, WIDTH, COUNT = 3, 4, 30
labels = np.arange(COUNT) % CLASSES
noise = np.stack([Stream(5, 7, example=row).normal(WIDTH) for row in range(COUNT)])
x = noise + 1.5 * (np.arange(WIDTH)[None, :] % CLASSES == labels[:, None])

logistic = LogisticRegression(tol=1e-12, max_iter=10_000).fit(x, labels)
w, b = logistic.coef_, logistic.intercept_
scores = x @ w.T + b
loss = 0.5 * (w**2).sum() + (np.log(np.exp(scores).sum(1)) - scores[np.arange(COUNT), labels]).sum()
print("logistic", repr(float(loss)), [round(float(v), 9) for v in w.ravel()])

total, weights = 0.0, []
for label in range(CLASSES):
    sign = np.where(labels == label, 1.0, -1.0)

    def hinge(p):
        lack = np.maximum(0, 1 - sign * (x @ p[:-1] + p[-1]))
        gradient = -2 * (lack * sign) @ np.column_stack([x, np.ones(COUNT)])
        return 0.5 * p[:-1] @ p[:-1] + lack @ lack, gradient + np.append(p[:-1], 0)

    found = minimize(hinge, np.zeros(WIDTH + 1), jac=True, method="BFGS", options={"gtol": 1e-10})
    total += found.fun
    weights += list(found.x[:-1])
print("svm", repr(float(total)), [round(float(v), 8) for v in weights])
print("t", [round(float(t.ppf(0.975, n)), 3) for n in (1, 4, 30, 40, 200)])

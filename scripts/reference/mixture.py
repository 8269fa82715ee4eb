"""What scikit-learn fits on the codes of Tests/FittingTests: the mean ln p of a code, the weights, and the means.

    pip install scikit-learn && python scripts/reference/mixture.py
"""
import numpy
from sklearn.mixture import GaussianMixture


def codes():
    """Clouds of 240, 120 and 120 points in two dimensions that overlap, made of sines so that every language has them."""
    rows = []
    for i in range(480):
        cloud = max(0, i % 4 - 1)
        a, b = numpy.sin(12.9898 * i), numpy.sin(78.233 * i + 1)
        center = [(0, 0), (3, 1), (-1, 4)][cloud]
        scale = [(1, 0.5), (0.4, 1.2), (1.5, 0.7)][cloud]
        rows.append((center[0] + scale[0] * a + 0.3 * scale[1] * b, center[1] + scale[1] * b))
    return numpy.array(rows, dtype=numpy.float32).astype(float)


mixture = GaussianMixture(3, tol=1e-9, max_iter=500, n_init=5, random_state=1, reg_covar=1e-6).fit(codes())
order = numpy.argsort(mixture.means_[:, 0])
print("mean ln p", mixture.score(codes()))
print("weights", mixture.weights_[order])
print("means", mixture.means_[order].tolist())

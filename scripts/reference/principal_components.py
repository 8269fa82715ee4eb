"""What numpy says are the first principal components of the vectors of Tests/FittingTests/PrincipalComponentsTests.swift.

    pip install numpy && python scripts/reference/principal_components.py
"""
import numpy


def vectors(count, width):
    """Sines, so that every language has them: vector n, number i."""
    n = numpy.arange(count)[:, None]
    i = numpy.arange(width)[None, :]
    return (numpy.sin(12.9898 * n + 78.233 * i * (n % 7)) / (1 + 0.1 * i)).astype(numpy.float32).astype(float)


for count, width in ((200, 5), (400, 100)):
    rows = vectors(count, width)
    values, directions = numpy.linalg.eigh(numpy.cov(rows.T, bias=True))
    print(f"{count} vectors of {width}, total variance {values.sum():.12f}")
    for k in range(3):
        direction = directions[:, -1 - k]
        direction *= numpy.sign(direction[numpy.abs(direction).argmax()])
        print(f"  variance {values[-1 - k]:.12f}, direction {[round(x, 9) for x in direction[:4]]}")

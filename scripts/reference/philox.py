"""The keyed randomness of Sources/Randomness in NumPy, so that both sides of a comparison make the same numbers.

Run by itself it checks the generator against the known answers of Random123 (kat_vectors, philox4x32 with 10 rounds).
"""

import numpy as np

RESERVED = {"initialisation": 0xFF00, "shuffle": 0xFF01, "probe": 0xFF02, "synthesis": 0xFF03}


def philox4x32(counter, key):
    """Ten rounds on each row of `counter` (n, 4) under `key` (2,): n rows of four words."""
    c = [np.asarray(counter[:, i], dtype=np.uint64) for i in range(4)]
    k = [np.uint64(word) for word in key]
    mask, half = np.uint64(0xFFFFFFFF), np.uint64(32)
    for _ in range(10):
        first, second = c[0] * np.uint64(0xD2511F53), c[2] * np.uint64(0xCD9E8D57)
        c = [(second >> half) ^ c[1] ^ k[0], second & mask, (first >> half) ^ c[3] ^ k[1], first & mask]
        k = [(k[0] + np.uint64(0x9E3779B9)) & mask, (k[1] + np.uint64(0xBB67AE85)) & mask]
    return np.stack(c, axis=1).astype(np.uint32)


class Stream:
    """The numbers of one operator for one example: `RandomStream` in Swift, whose names these are."""

    def __init__(self, seed, operator, passes=0, example=0, sample=0):
        operator = RESERVED.get(operator, operator)
        self.key = (seed & 0xFFFFFFFF, seed >> 32)
        self.rest = (example, passes, operator << 16 | sample)

    def bits(self, count):
        """Elements 0 ..< count as 32-bit words."""
        counter = np.empty((-(-count // 4), 4), dtype=np.uint32)
        counter[:, 0] = np.arange(len(counter))
        counter[:, 1:] = self.rest
        return philox4x32(counter, self.key).reshape(-1)[:count]

    def uniform(self, count):
        """Midpoints of the 2^23 equal intervals of (0, 1)."""
        return ((self.bits(count) >> np.uint32(9)).astype(np.float64) + 0.5) * 2.0**-23

    def normal(self, count):
        """Box and Muller's transform of each pair of words: r cos 2πu, r sin 2πu."""
        pairs = self.uniform(-(-count // 2) * 2).reshape(-1, 2)
        radius, angle = np.sqrt(-2 * np.log(pairs[:, 0])), 2 * np.pi * pairs[:, 1]
        return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1).reshape(-1)[:count]

    def bernoulli(self, count, probability):
        """1 where the uniform number is below the probability, which is a float32."""
        return (self.uniform(count) < np.float64(np.float32(probability))).astype(np.float64)

    def signs(self, count):
        """64 vectors of ±1, (64, count): element e has bit k of words 2e and 2e + 1 in vector k."""
        words = self.bits(2 * count).reshape(count, 2).astype(np.uint64)
        return [1.0 - 2.0 * ((words[:, k // 32] >> np.uint64(k % 32)) & np.uint64(1)) for k in range(64)]


def projections(gradient, index, seed=1):
    """The 64 inner products of a gradient with the sign vectors of slice `index`.

    The root of the mean of their squares estimates the norm within about 9 %, and they are linear: those of a difference
    are the differences of those.
    """
    return [float(signs @ gradient) for signs in Stream(seed, "probe", example=index).signs(len(gradient))]


def check_known_answers():
    answers = [
        ((0, 0, 0, 0), (0, 0), "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
        ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, "408f276d 41c83b0e a20bc7c6 6d5451fd"),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            "d16cfe09 94fdcceb 5001e420 24126ea1",
        ),
    ]
    for counter, key, expected in answers:
        words = philox4x32(np.array([counter], dtype=np.uint32), key)[0]
        found = " ".join(f"{word:08x}" for word in words)
        assert found == expected, f"philox4x32 of {counter} under {key} is {found}, not {expected}"


if __name__ == "__main__":
    check_known_answers()
    print("philox.py agrees with Random123's known answers.")

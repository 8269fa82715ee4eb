# One learned standard deviation for all grey pixels, 40 epochs: at its optimum it is the root of the mean squared error (Rybkin et al. 2021).
minutes=4
experiment() {
    local learned error split
    train sigma --preset mlp-sigma --epochs 40
    learned=$(deviation sigma)
    result "learned deviation" "$learned"
    for split in train test; do
        error=$(root_error "$learned" "$(evaluated sigma reconstruction --split $split)")
        result "root of the mean squared error, $split" "$error"
        result "the first over that, $split" "$(awk -v a="$learned" -v b="$error" 'BEGIN { printf "%.4f\n", a / b }')"
    done
}

# deviation RUN    σ of the newest checkpoint, which holds ln σ²
deviation() {
    python_environment .build/python/checkpoints "${check_modules[@]}" >&2
    .build/python/checkpoints/bin/python - "$runs/$1"/checkpoints/step-*.h5 <<'END'
import math
import sys

import h5py

with h5py.File(sys.argv[-1]) as file:
    print(f"{math.exp(file['parameters/likelihood/log_variance'][()] / 2):.5f}")
END
}

# root_error DEVIATION NATS    √ of the mean of (x − μ(z))², z from the posterior, from −E[ln p(x|z)] = 784/2 · ((x − μ)²/σ² + ln 2πσ²)
root_error() {
    awk -v s="$1" -v nats="$2" 'BEGIN {
        variance = s * s
        printf "%.5f\n", sqrt(variance * (2 * nats / 784 - log(2 * 3.14159265358979 * variance)))
    }'
}

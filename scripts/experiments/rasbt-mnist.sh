# Convolutions on grey MNIST with two latents, 50 epochs: train, mean of epochs 46 to 50, published 36.59 ± 0.84 (Raschka, STAT 453).
minutes=40
experiment() {
    train rasbt-mnist --preset mnist
    result "train, epochs 46 to 50" "$(for epoch in 46 47 48 49 50; do train_mean rasbt-mnist $epoch; done |
        awk '{ sum += $1 } END { printf "%.3f\n", sum / NR }')"
    result "test" "$(evaluated rasbt-mnist negative_elbo)"
}

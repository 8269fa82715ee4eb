# The same with two samples that are each other's baseline, 30 epochs.
minutes=8
experiment() {
    train mlp-score-loo --preset mlp-score-loo
    result "train, epoch 30" "$(train_mean mlp-score-loo 30)"
    result "test" "$(evaluated mlp-score-loo negative_elbo)"
}

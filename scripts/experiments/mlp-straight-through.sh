# The same with the gradient of the mean, 30 epochs.
minutes=5
experiment() {
    train mlp-straight-through --preset mlp-straight-through
    result "train, epoch 30" "$(train_mean mlp-straight-through 30)"
    result "test" "$(evaluated mlp-straight-through negative_elbo)"
}

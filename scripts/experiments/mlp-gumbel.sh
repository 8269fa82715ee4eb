# The same by the straight-through Gumbel estimator, 30 epochs: published 103.5 (PyTorch, test, true samples).
minutes=5
experiment() {
    train mlp-gumbel --preset mlp-gumbel
    result "train, epoch 30" "$(train_mean mlp-gumbel 30)"
    result "test" "$(evaluated mlp-gumbel negative_elbo)"
}

# Bernoulli latents by the score function with a running mean, 30 epochs: train −ELBO, published 124.05 (a lab report).
minutes=5
experiment() {
    train mlp-score --preset mlp-score
    result "train, epoch 30" "$(train_mean mlp-score 30)"
    result "test" "$(evaluated mlp-score negative_elbo)"
}

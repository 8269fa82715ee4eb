# Normal latents on black and white MNIST, 784-400-128-400-784, 30 epochs: train −ELBO, published 83.03 (a lab report).
minutes=5
experiment() {
    train mlp --preset mlp
    result "train, epoch 30" "$(train_mean mlp 30)"
    result "test" "$(evaluated mlp negative_elbo)"
}

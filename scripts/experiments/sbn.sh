# The lower half of MNIST's digits from the upper one through 200 and 200 bits, 60 epochs: Gumbel, published 58.5 (bound of 1,000 samples).
minutes=9
experiment() {
    train sbn --preset sbn --epochs 60
    result "train, epoch 60, relaxed samples" "$(train_mean sbn 60)"
    result "test, one true sample" "$(evaluated sbn negative_elbo)"
    result "test, 1,000 samples" "$(evaluated sbn nll --nll importance --samples 1000)"
}

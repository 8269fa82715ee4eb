# The same by the score function of two samples, 60 epochs: published 72.0 (bound of 1,000 samples).
minutes=9
experiment() {
    train sbn-score --preset sbn-score --epochs 60
    result "test, one sample" "$(evaluated sbn-score negative_elbo)"
    result "test, 1,000 samples" "$(evaluated sbn-score nll --nll importance --samples 1000)"
}

# The importance-weighted bound on MNIST drawn in every step, 784-200-200-50, 1, 5 and 50 samples, the first epochs of 3,280 (Burda et al. 2016).
minutes=60
# Batches of 20, and a rate that falls as the published one does over its first four stages of 1, 3, 9 and 27 epochs: from 0.001 to 0.00037.
experiment() {
    local samples epochs
    while read -r samples epochs; do
        iwae_configuration "$samples" >"$runs/iwae-$samples.yaml"
        train "iwae-$samples" --config "$runs/iwae-$samples.yaml" --epochs "$epochs"
        result "$samples: test, 5,000 samples, epoch $epochs" "$(evaluated "iwae-$samples" nll --nll importance --samples 5000)"
    done <<<$'1 40\n5 13\n50 4'
}

# iwae_configuration SAMPLES
iwae_configuration() {
    "$tributary" preset iwae | sed -E \
        -e "s/samples: [0-9]+/samples: $1/" -e 's/^shards: .*/shards: 4/' -e 's/^microbatch: .*/microbatch: 5/' \
        -e 's/^learning_rate: .*/learning_rate: {base: 0.001, decay: {exponential: {factor: 0.975}}}/'
}

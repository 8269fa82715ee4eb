# The VAE of pytorch/examples, grey cross-entropy, 784-400-20-400-784, 10 epochs: test, published 105.56 and 105.59.
minutes=3
experiment() {
    cat >"$runs/pytorch-example.yaml" <<'END'
# Grey pixels under `bernoulli` are a cross-entropy and no likelihood: as the example has it.
model:
  images: {channels: 1, height: 28, width: 28}
  encoder: [flatten, linear: {units: 400}, relu]
  latents: 20
  decoder: [linear: {units: 400}, relu, linear: {units: 784}, reshape: [1, 28, 28]]
objective: {likelihood: bernoulli}
learning_rate: 0.001
shards: 4
microbatch: 32
epochs: 10
END
    train pytorch-example --config "$runs/pytorch-example.yaml"
    result "test" "$(evaluated pytorch-example negative_elbo)"
}

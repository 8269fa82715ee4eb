# Grey MNIST under the cross-entropy of `bernoulli`, and under `continuous_bernoulli`: both judged by the density of the latter, 10 epochs.
minutes=8
experiment() {
    local likelihood run nats
    for likelihood in bernoulli continuous_bernoulli; do
        grey_configuration $likelihood >"$runs/grey-$likelihood.yaml"
        train grey-$likelihood --config "$runs/grey-$likelihood.yaml"
        result "$likelihood: its own bound, test" "$(evaluated grey-$likelihood negative_elbo)"
    done
    as_density grey-bernoulli
    for run in grey-bernoulli-density grey-continuous_bernoulli; do
        nats=$(evaluated $run nll --nll importance --samples 200)
        result "${run#grey-}: nats" "$nats"
        # Noise made 256 values of each: eight bits.
        result "${run#grey-}: bits per dimension" "$(awk -v nats="$nats" 'BEGIN { printf "%.4f\n", nats / 784 / log(2) + 8 }')"
    done
}

# grey_configuration LIKELIHOOD    for the density noise fills the steps between the 256 values of a pixel, so that bits are those of bytes
grey_configuration() {
    local noise=
    [[ $1 != continuous_bernoulli ]] || noise=', dequantize: true'
    cat <<END
model:
  images: {channels: 1, height: 28, width: 28$noise}
  encoder: [flatten, linear: {units: 400}, relu]
  latents: 20
  decoder: [linear: {units: 400}, relu, linear: {units: 784}, reshape: [1, 28, 28]]
objective: {likelihood: $1}
learning_rate: 0.001
shards: 4
microbatch: 32
epochs: 10
END
}

# as_density RUN    RUN-density: the same weights, whose logits are now those of a density of grey values
as_density() {
    rm -rf "$runs/$1-export" "$runs/$1-density"
    "$tributary" export "$runs/$1" --out "$runs/$1-export" >&2
    "$tributary" import-weights "$runs/$1-export/model.safetensors" --config "$runs/grey-continuous_bernoulli.yaml" \
        --data "$(mnist)" --out "$runs/$1-density" >&2
}

# Bias and variance of the gradient estimators of discrete latents, against the exact gradient of a model of three bits.
minutes=2
experiment() {
    .build/release/estimators --plot "$runs/estimators.png" | tee "$runs/estimators.md"
    result "bias, leave one out, 2 samples" "$(column 'leave one out, 2 samples' 3)"
    result "bias, straight through" "$(column 'straight through' 3)"
    result "deviation, leave one out, 2 samples" "$(column 'leave one out, 2 samples' 5)"
    result "deviation, no baseline" "$(column 'no baseline' 5)"
}

# column ESTIMATOR NUMBER    one cell of the table
column() { awk -F ' *[|] *' -v name="$1" -v number="$2" '$2 == name { print $number }' "$runs/estimators.md"; }

# Guards of speed that do not look at the clock: allocations and instructions of a steady step. Sourced, never run.
#
# Both run a step's work a few times and a few times more, and take the difference, so that the start does not count.

benchmark="$root/.build/release/benchmark"
presets=(mlp mnist face-64 face-128)

# Fails where a step, parameters loaded, asks the allocator for anything. What oneDNN asks for in each call of its kernels
# cannot be helped from outside; it is printed.
allocations_guard() {
    local folder preset outside inside failed=0
    folder=$(scratch allocations)
    clang -O1 -shared -fPIC -o "$folder/allocations.so" scripts/guards/allocations.c || return
    for preset in "${presets[@]}"; do
        read -r outside inside < <(
            paste -d' ' <(allocations "$folder" "$preset" 2) <(allocations "$folder" "$preset" 102) |
                awk '{ print ($3 - $1) / 100, ($4 - $2) / 100 }')
        echo "$preset: allocations a step: $outside, and $inside inside oneDNN"
        # Starting a process varies by a few allocations; one a step would be a hundred.
        awk -v count="$outside" 'BEGIN { exit count > 0.5 || count < -0.5 }' || failed=1
    done
    return $failed
}

# Images of a microbatch; a guard counts, so few are enough. With as many, `mlp` leaves zeros out.
allocations_microbatch() { if [[ $1 == mlp ]]; then echo 32; else echo 2; fi; }

# Prints "elsewhere inside-oneDNN" of so many runs. Hashing is fixed, since otherwise tables grow at different times.
allocations() {
    SWIFT_DETERMINISTIC_HASHING=1 LD_PRELOAD="$1/allocations.so" \
        "$benchmark" count --preset "$2" --microbatch "$(allocations_microbatch "$2")" --runs-per-load 1 --runs "$3" 2>&1 |
        sed -nE 's/^allocations: //p'
}

# Per cent by which a step may exceed its bound in scripts/guards/instructions.txt. Counts of one build vary by 0.002 % under valgrind
# and by 0.03 % where the processor counts 100 steps.
instructions_slack=0.2

# Compares an amount of instructions with its bound, and says where a bound can be lowered. Less than half of a bound is no step:
# something was not counted.
#
#   within_bound NAME INSTRUCTIONS BOUND
within_bound() {
    awk -v name="$1" -v now="$2" -v bound="$3" -v slack="$instructions_slack" 'BEGIN {
        change = 100 * (now / bound - 1)
        printf "%s: %.3f million instructions a step, %+.2f %% of the bound%s\n", name, now / 1e6, change,
            change <= -50 ? ": this was no whole step" : change < -slack ? ": lower it (scripts/guards/renew)" : ""
        exit !(change > -50 && change <= slack)
    }'
}

# Fails where a step takes more instructions under valgrind than its bound. valgrind knows no AVX-512, so these are the kernels
# for AVX2; it also shows every program the same caches, so oneDNN chooses the same blocks everywhere.
instructions_guard() { within_bounds avx2; }

# Fails where a step of the kernels for AVX-512, and of those for bfloat16, takes more instructions than its bound, as the
# processor counts them.
processor_instructions_guard() {
    local failed=0
    within_bounds float32 || failed=1
    within_bounds bf16 || failed=1
    return $failed
}

# Compares every step of a class with its bound.
within_bounds() {
    local folder class what preset images bound now failed=0
    folder=$(instruction_counters "$1") || return
    while read -r class what preset images bound; do
        [[ $class == "$1" ]] || continue
        now=$(instructions "$folder" "$class" "$what" "$preset" "$images") || return
        within_bound "$class $what $preset $images" "$now" "$bound" || failed=1
    done <scripts/guards/instructions.txt
    return $failed
}

# Writes what steps take now into the file of bounds, for a change that is meant to alter it.
renew_bounds() {
    local folder class what preset images bound now
    while read -r class what preset images bound; do
        if [[ $class == "#" || $class == "" ]]; then
            echo "$class${what:+ $what}${preset:+ $preset}${images:+ $images}${bound:+ $bound}"
            continue
        fi
        folder=$(instruction_counters "$class") || return
        now=$(instructions "$folder" "$class" "$what" "$preset" "$images") || return
        echo "$class $what $preset $images $now"
    done <scripts/guards/instructions.txt >"$root/.build/instructions.txt"
    cp "$root/.build/instructions.txt" scripts/guards/instructions.txt
}

# Prints a folder with what counts a class's instructions.
instruction_counters() {
    local folder
    folder=$(scratch "instructions-$1")
    # Debugging information as Swift writes it stops valgrind.
    strip -o "$folder/benchmark" "$benchmark" && build_instruction_counter "$folder" && echo "$folder"
}

build_instruction_counter() { clang -O1 -o "$1/instructions" scripts/guards/instructions.c; }

# Prints the instructions of one step.
#
#   instructions FOLDER CLASS WHAT PRESET IMAGES
instructions() { if [[ $2 == avx2 ]]; then valgrind_instructions "$1" "$3" "$4" "$5"; else processor_instructions "$@"; fi; }

# What two steps take beyond one, under valgrind. One count after the other: side by side those of an update, which has threads, varied by
# 0.6 %.
valgrind_instructions() {
    local runs
    for runs in 1 2; do
        SWIFT_DETERMINISTIC_HASHING=1 valgrind --tool=callgrind --callgrind-out-file=/dev/null \
            "$1/benchmark" count --what "$2" --preset "$3" --microbatch "$4" --runs-per-load 1 \
            --runs "$runs" >"$1/log-$runs" 2>&1
    done
    awk '/Collected : / { count[FILENAME] = $NF } END { for (name in count) print count[name] }' "$1"/log-? | sort -n |
        awk 'NR == 1 { first = $1 } END { if (NR == 2) print $1 - first; else exit 1 }' || { cat "$1"/log-? >&2; return 1; }
}

# What 102 steps take beyond two, for one step, as the processor counts.
processor_instructions() {
    local runs
    "$tributary" preset "$4" | sed "s/^precision: .*/precision: $2/" >"$1/configuration.yaml"
    for runs in 2 102; do
        SWIFT_DETERMINISTIC_HASHING=1 "$1/instructions" "$benchmark" count --what "$3" --config "$1/configuration.yaml" \
            --microbatch "$5" --runs-per-load 1 --runs "$runs" >"$1/log-$runs" 2>&1 || { cat "$1/log-$runs" >&2; return 1; }
    done
    sed -nE 's/^instructions: //p' "$1/log-2" "$1/log-102" | awk '
        NR == 1 { first = $1 }
        END { if (NR == 2) printf "%d\n", ($1 - first) / 100; else exit 1 }' || { cat "$1"/log-{2,102} >&2; return 1; }
}

# Says why the processor's counts cannot be compared with the bounds, if so: its kernels depend on its caches.
no_processor_instructions() {
    local folder measured processor
    folder=$(scratch processor-instructions)
    measured=$(sed -n 's/^# Processor: //p' scripts/guards/instructions.txt)
    processor=$(awk -F '\t*: ' '/^(vendor_id|cpu family|model)\t/ && !known[$1]++ { print $2 }' /proc/cpuinfo | paste -sd ' ')
    [[ $processor == "$measured" ]] || { echo "the bounds are for $measured, and this is $processor"; return; }
    build_instruction_counter "$folder" && "$folder/instructions" true >/dev/null 2>&1 ||
        echo "this machine does not let programs count instructions"
}

# Whether valgrind can be had here.
has_valgrind() { (command -v valgrind || install_packages valgrind) >/dev/null 2>&1 && valgrind --version >/dev/null; }

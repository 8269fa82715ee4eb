# The parts of scripts/test that look at the kernels alone: their tests in each class, and guards of speed that do not look at the
# clock. Sourced, never run.
#
# The guards count allocations and instructions. Both run a step's work a few times and a few times more, and take the difference, so that
# the start does not count.

benchmark="$root/.build/release/benchmark"
presets=(mlp mnist face-64 face-128)

# Runs the engine's tests with the instructions of a class; a process has one class.
engine_tests() { TRIBUTARY_TEST_INSTRUCTIONS=$1 swift_tests --filter OneDNNTests; }

# Says why this processor cannot run the kernels of a class, if so.
no_class() {
    case $1 in
        avx2) lacks avx2 ;;
        avx512) lacks avx512bw ;;
        avx512-bf16) lacks avx512_bf16 ;;
    esac
}

lacks() { grep -qw "$1" /proc/cpuinfo || echo "this processor has no $1"; }

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

# Per cent by which a step may exceed its bound. Counts of one build vary by 0.004 % under valgrind and by 0.03 % where the processor
# counts 100 steps; the rest is for other versions of the compiler and of the C libraries.
instructions_slack=0.2

# Compares an amount of instructions with its bound, and says where a bound can be lowered. Less than half of a bound is no step:
# something was not counted.
#
#   within_bound NAME INSTRUCTIONS BOUND
within_bound() {
    awk -v name="$1" -v now="$2" -v bound="$3" -v slack="$instructions_slack" 'BEGIN {
        change = 100 * (now / bound - 1)
        printf "%s: %.3f million instructions a step, %+.3f %% of the bound%s\n", name, now / 1e6, change,
            change <= -50 ? ": this was no whole step" : change < -slack ? ": lower it (scripts/guards/renew)" : ""
        exit !(change > -50 && change <= slack)
    }'
}

# Fails where a step takes more instructions under valgrind than its bound. valgrind knows no AVX-512, so these are the kernels for AVX2,
# and it shows every program the same processor and caches, so the counts are the same on every machine.
instructions_guard() { within_bounds valgrind_instructions scripts/guards/instructions.txt 'engine|convolutions'; }

# The same for what a coordinator does with the sums of a step.
update_instructions_guard() { within_bounds valgrind_instructions scripts/guards/instructions.txt update; }

# The same for the kernels for AVX-512 and for bfloat16, as the processor counts them. They depend on its caches, so their bounds are for
# one model.
processor_instructions_guard() { within_bounds processor_instructions scripts/guards/processor-instructions.txt .; }

# Compares every step of a file with its bound there, if a pattern matches what it counts.
#
#   within_bounds COUNTER FILE PATTERN
within_bounds() {
    local folder what now failed=0
    folder=$(instruction_counters) || return
    while read -r -a what; do
        now=$("$1" "$folder" "${what[@]::4}") || return
        within_bound "${what[*]::4}" "$now" "${what[4]}" || failed=1
    done < <(grep -E "^\w+ ($3)" "$2")
    return $failed
}

# Writes what steps take now into a file of bounds, for a change that is meant to alter it.
#
#   renew_bounds COUNTER FILE
renew_bounds() {
    local folder what now new="$root/.build/bounds.txt"
    folder=$(instruction_counters) || return
    grep '^#' "$2" >"$new"
    while read -r -a what; do
        now=$("$1" "$folder" "${what[@]::4}") || return
        echo "${what[*]::4} $now" >>"$new"
    done < <(grep -v '^#' "$2")
    cp "$new" "$2"
}

# Prints a folder with what counts instructions.
instruction_counters() {
    local folder
    folder=$(scratch instructions)
    # Debugging information as Swift writes it stops valgrind.
    strip -o "$folder/benchmark" "$benchmark" && clang -O1 -o "$folder/instructions" scripts/guards/instructions.c && echo "$folder"
}

# Prints the instructions of one step: what a run of two takes beyond one of one. The runs are apart, so they go side by side.
#
#   valgrind_instructions FOLDER PRECISION WHAT PRESET IMAGES
valgrind_instructions() {
    local runs
    for runs in 1 2; do under_valgrind "$1" "$3" "$4" "$5" "$runs" >"$1/log-$runs" 2>&1 & done
    wait
    awk '/Collected : / { count[FILENAME] = $NF } END { for (name in count) print count[name] }' "$1"/log-[12] | sort -n |
        awk 'NR == 1 { first = $1 } END { if (NR == 2) print $1 - first; else exit 1 }' || { cat "$1"/log-[12] >&2; return 1; }
}

# Counts a process that cannot vary: on one core, where Dispatch computes in one thread, and with no environment but what is named here.
under_valgrind() {
    env -i PATH="$PATH" SWIFT_DETERMINISTIC_HASHING=1 taskset -c "$(a_core "$5")" \
        valgrind --tool=callgrind --callgrind-out-file=/dev/null \
        "$1/benchmark" count --what "$2" --preset "$3" --microbatch "$4" --runs-per-load 1 --runs "$5"
}

# Prints one of the cores that this process may use, another for the next number where there are several.
a_core() {
    awk -v number="$1" '/^Cpus_allowed_list/ {
        count = split($2, ranges, ",")
        for (i = 1; i <= count; i++) {
            split(ranges[i], ends, "-")
            for (core = ends[1]; core <= (ends[2] == "" ? ends[1] : ends[2]); core++) cores[n++] = core
        }
        print cores[number % n]
    }' /proc/self/status
}

# Prints the instructions of one step as the processor counts: what 102 steps take beyond two, for one.
#
#   processor_instructions FOLDER PRECISION WHAT PRESET IMAGES
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

# Says why the processor's counts cannot be compared with the bounds, if so.
no_processor_instructions() {
    local folder measured processor
    measured=$(sed -n 's/^# Processor: //p' scripts/guards/processor-instructions.txt)
    processor=$(awk -F '\t*: ' '/^(vendor_id|cpu family|model)\t/ && !known[$1]++ { print $2 }' /proc/cpuinfo | paste -sd ' ')
    [[ $processor == "$measured" ]] || { echo "the bounds are for $measured, and this is $processor"; return; }
    folder=$(scratch processor-instructions)
    clang -O1 -o "$folder/instructions" scripts/guards/instructions.c && "$folder/instructions" true >/dev/null 2>&1 ||
        echo "this machine does not let programs count instructions"
}

# Says why there are no counts under valgrind, if so.
no_valgrind() {
    { (command -v valgrind || install_packages valgrind) && valgrind --version; } >/dev/null 2>&1 ||
        echo "valgrind is not here and cannot be installed"
}

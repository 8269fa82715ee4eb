# Guards of speed that do not look at the clock: allocations and instructions of a steady step. Sourced, never run.
#
# Both run a step's work a few times and a few times more, and take the difference, so that the start does not count.

benchmark="$root/.build/release/benchmark"
presets=(mlp mnist face-64 face-128)

# Images of a microbatch; a guard counts, so few are enough.
guard_microbatch=2

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

# Prints "elsewhere inside-oneDNN" of so many runs. Hashing is fixed, since otherwise tables grow at different times.
allocations() {
    SWIFT_DETERMINISTIC_HASHING=1 LD_PRELOAD="$1/allocations.so" \
        "$benchmark" count --preset "$2" --microbatch "$guard_microbatch" --runs-per-load 1 --runs "$3" 2>&1 |
        sed -nE 's/^allocations: //p'
}

# Fails where a step takes over 3 % more instructions than scripts/guards/instructions.txt says, and says where it takes over
# 3 % fewer, so that the numbers there can be lowered. valgrind knows no AVX-512, so these are the kernels for AVX2; it also
# shows every program the same caches, so oneDNN chooses the same blocks everywhere.
instructions_guard() {
    local folder what preset bound now failed=0
    folder=$(scratch instructions)
    # Debugging information as Swift writes it stops valgrind.
    strip -o "$folder/benchmark" "$benchmark" || return
    while read -r what preset bound; do
        now=$(instructions "$folder" "$what" "$preset") || return
        awk -v name="$what $preset" -v now="$now" -v bound="$bound" 'BEGIN {
            change = 100 * (now / bound - 1)
            printf "%s: %.2f million instructions a step, %+.1f %% of the bound%s\n", name, now / 1e6, change,
                change < -3 ? ": lower it to " now : ""
            exit change > 3
        }' || failed=1
    done < <(grep -v '^#' scripts/guards/instructions.txt)
    return $failed
}

# Prints the instructions of one step: what two steps take beyond one.
instructions() {
    local runs
    for runs in 1 2; do
        SWIFT_DETERMINISTIC_HASHING=1 valgrind --tool=callgrind --callgrind-out-file=/dev/null \
            "$1/benchmark" count --what "$2" --preset "$3" --microbatch "$guard_microbatch" --runs-per-load 1 \
            --runs "$runs" >"$1/log-$runs" 2>&1 &
    done
    wait
    awk '/Collected : / { count[FILENAME] = $NF } END { for (name in count) print count[name] }' "$1"/log-? | sort -n |
        awk 'NR == 1 { first = $1 } END { if (NR == 2) print $1 - first; else exit 1 }' || { cat "$1"/log-?; return 1; }
}

# Whether valgrind can be had here.
has_valgrind() { (command -v valgrind || install_packages valgrind) >/dev/null 2>&1 && valgrind --version >/dev/null; }

# Parts of a check, timed, and the table of what ran at the end. Sourced, never run.

logs="$root/.build/check-logs"
mkdir -p "$logs"
report=()
failures=0

# Runs a command as the part NAME, its output kept in a log: the last line is shown, and more when it fails. Returns the
# command's verdict.
part() {
    local name=$1 begin=$SECONDS log verdict=passed
    shift
    log="$logs/$name.log"
    echo "── $name"
    if ! "$@" >"$log" 2>&1; then
        verdict=FAILED
        failures=$((failures + 1))
        grep -E '✘|↳|[Ee]rror:' "$log" | head -n 60 || true
        echo "… and the end of ${log#"$root/"}:"
        tail -n 40 "$log"
    fi
    [[ $verdict == FAILED || ! -s $log ]] || tail -n 1 "$log"
    report+=("$(printf '%-7s %5d s  %s' "$verdict" $((SECONDS - begin)) "$name")")
    [[ $verdict == passed ]]
}

# Notes that the part NAME did not run, and why.
skip() {
    report+=("$(printf '%-7s %5s    %s: %s' skipped "" "$1" "$2")")
}

# Prints the table and ends the script: with success if nothing failed.
finish() {
    printf '\n%s\n' "What ran, on $(nproc) cores in $SECONDS s:"
    printf '  %s\n' "${report[@]}"
    ((failures == 0)) || echo "The logs are in ${logs#"$root/"}."
    exit $((failures > 0))
}

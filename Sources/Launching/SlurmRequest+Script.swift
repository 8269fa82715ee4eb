extension SlurmRequest {
    /// For sbatch: one job, with a coordinator on its first node and a worker on each.
    public var oneJob: String {
        """
        #!/bin/bash
        # One Slurm job that trains, for sbatch: a coordinator on the first node, and a worker on each node. Submitted again it goes on.
        \(lines(name: name, partition: partition, log: "%x-%j.log"))
        #SBATCH --nodes=\(nodes)
        #SBATCH --ntasks-per-node=1
        #SBATCH --cpus-per-task=\(cores)
        # A node that fails takes its worker with it, and not the job. Where it is the first one, the job starts again.
        #SBATCH --no-kill
        \(endings)

        \(places)
        # The first node, where this script runs, as Slurm knows its address.
        host=$(scontrol --oneliner show node "$SLURMD_NODENAME" | sed -n 's/.* NodeAddr=\\([^ ]*\\).*/\\1/p')

        # --overlap: a worker computes on the same cores, since coordinator and workers mostly wait for each other.
        srun --overlap --nodes=1 --ntasks=1 --nodelist="$SLURMD_NODENAME" --cpus-per-task="$SLURM_CPUS_PER_TASK" \\
            \(coordinatorLines(more: "")) &
        coordinator=$!

        # srun ends a step with its first node or task that fails, unless it is told otherwise.
        {
            srun --overlap --ntasks-per-node=1 --cpus-per-task="$SLURM_CPUS_PER_TASK" --label \\
                --no-kill --kill-on-bad-exit=0 --wait=0 \\
                \(workerLine(indent: 12)) --wait 1h
            case $? in
                0 | 138 | 143) ;; # the run is over, or the whole job was asked to end
                *)
                    echo "All workers have ended, so the coordinator is told to save and end." >&2
                    kill -USR2 "$coordinator"
                    ;;
            esac
        } &

        wait "$coordinator"
        status=$?
        \(afterCoordinator)

        """
    }

    /// For bash, which submits two jobs: a coordinator, and an array of workers that may come, go and be preempted.
    public var elastic: String {
        """
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
        \(coordinatorJob)
        COORDINATOR
            )
            coordinator=${coordinator%%;*} # a cluster's name may follow
        fi

        # They begin when the coordinator has, and learn from its job's number where it is.
        workers=$(sbatch --parsable --dependency="after:$coordinator" --export=ALL,COORDINATOR="$coordinator" <<'WORKERS'
        \(workersJob)
        WORKERS
        )

        cat <<END
        coordinator  $coordinator
        workers      ${workers%%;*}
        follow       tail -F \(name)-$coordinator.log
        look         squeue --jobs=$coordinator,${workers%%;*}
        cancel       scancel $coordinator ${workers%%;*}
        END

        """
    }

    private var coordinatorJob: String {
        """
        #!/bin/bash
        \(lines(name: name, partition: partition, log: "%x-%j.log"))
        #SBATCH --ntasks=1
        # One core talks, and one adds up or saves.
        #SBATCH --cpus-per-task=2
        \(endings)

        \(places)
        # Workers may have to wait for nodes, or lose all of them: the coordinator waits a week for them.
        srun --cpus-per-task="$SLURM_CPUS_PER_TASK" \\
            \(coordinatorLines(more: " --wait 168h"))
        status=$?
        \(afterCoordinator)
        """
    }

    private var workersJob: String {
        """
        #!/bin/bash
        \(lines(name: name + "-workers", partition: workerPartition ?? partition, log: "%x-%A_%a.log"))
        #SBATCH --array=1-\(nodes)
        #SBATCH --ntasks=1
        #SBATCH --cpus-per-task=\(cores)
        \(endings)

        tributary=\(program.shellWord)
        keys=\(keys.shellWord)
        port=$((20000 + COORDINATOR % 5000 * 2))

        # Until the coordinator's job has ended. When that starts again it may be on another node, so it is looked up each time.
        while read -r state node < <(squeue --noheader --jobs="$COORDINATOR" --format='%t %B'); do
            if [[ $state == R ]]; then
                host=$(scontrol --oneliner show node "$node" | sed -n 's/.* NodeAddr=\\([^ ]*\\).*/\\1/p')
                srun --cpus-per-task="$SLURM_CPUS_PER_TASK" \\
                    \(workerLine(indent: 16)) --wait 60s
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
        """
    }

    /// What all jobs say to sbatch.
    private func lines(name: String, partition: String?, log: String) -> String {
        let named = [("job-name", name), ("partition", partition), ("time", time)].compactMap { key, value in
            value.map { "\(key)=\($0)" }
        }
        return (named + ["output=\(log)"]).map { "#SBATCH --\($0)" }.joined(separator: "\n")
    }

    /// A value with white space or a quote is quoted, as sbatch reads its lines.
    private static func quoted(_ option: String) -> String {
        let parts = option.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, parts[1].contains(where: { $0.isWhitespace || "\"'\\#".contains($0) }) else {
            return option
        }
        let value = parts[1].reduce(into: "") { $0 += "\"\\".contains($1) ? "\\\($1)" : "\($1)" }
        return "\(parts[0])=\"\(value)\""
    }

    /// Of two lines for one option sbatch takes the last, so what the user says comes last.
    private var endings: String {
        """
        # A job that starts again goes on with its run, and with its log.
        #SBATCH --requeue
        #SBATCH --open-mode=append
        # SIGUSR1 to the steps 60 to 120 s before the time is up.
        #SBATCH --signal=USR1@60
        """ + options.map { "\n#SBATCH --\(Self.quoted($0))" }.joined()
    }

    private var places: String {
        """
        tributary=\(program.shellWord)
        keys=\(keys.shellWord)
        # Two ports, this one and the next. Other jobs on the node have others, since they have other numbers.
        port=$((20000 + SLURM_JOB_ID % 5000 * 2))
        # Who can read the keys can join; the folder is for its owner alone.
        [[ -e $keys/coordinator.key ]] || "$tributary" keys new "$keys"

        """
    }

    private func coordinatorLines(more: String) -> String {
        """
        "$tributary" coordinator --listen "tcp://0.0.0.0:$port" --keys "$keys" --resume\(more) \\
                \(run.map(\.shellWord).joined(separator: " "))
        """
    }

    private func workerLine(indent: Int) -> String {
        """
        "$tributary" worker --connect "tcp://$host:$port" --keys "$keys/workers/local" \\
        \(String(repeating: " ", count: indent))--threads "$SLURM_CPUS_PER_TASK"
        """
    }

    private var afterCoordinator: String {
        """
        case $status in
            138) # SIGUSR1: the time is nearly up. All is saved, and the run goes on in a new allocation.
                scontrol requeue "$SLURM_JOB_ID"
                ;;
            143) # SIGTERM: scancel, preemption or a requeue. All is saved, and Slurm says what becomes of the job while this waits.
                sleep 300
                ;;
        esac
        exit $status
        """
    }
}

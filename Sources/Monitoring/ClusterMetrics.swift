import Cluster

/// The metrics of a run, made of what its coordinator shows of itself. Labels are names of workers, and words of short lists.
struct ClusterMetrics {
    private let status: ClusterStatus
    /// How long ago it was shown, in seconds.
    private let age: Double

    init(_ status: ClusterStatus, age: Double) {
        self.status = status
        self.age = age
    }

    var families: [MetricFamily] { progress + speed + losses + links + members + checks + checkpoints }

    private var progress: [MetricFamily] {
        [
            MetricFamily(
                "tributary_run_info", .gauge, "Always 1; the label says which run it is.",
                [.init(labels: [.init(name: "run", value: status.run)], value: 1)]),
            MetricFamily("tributary_status_age_seconds", .gauge, "How old these numbers are.", age),
            MetricFamily("tributary_step", .gauge, "Steps that the run has applied.", Double(status.step)),
            MetricFamily(
                "tributary_target_step", .gauge, "Steps that it will have applied when it stops.",
                Double(status.totalSteps)),
            MetricFamily("tributary_epoch", .gauge, "The epoch, from 1.", Double(status.epoch)),
            counter("steps", "Steps that this coordinator has applied.", status.totals.steps),
            counter("images", "Images that went into steps.", status.totals.images),
            counter("evaluations", "Evaluations of the held-out images.", status.totals.evaluations),
        ]
    }

    private var speed: [MetricFamily] {
        [
            MetricFamily(
                "tributary_images_per_second", .gauge, "Images of all workers, over the last ten seconds.",
                status.imagesPerSecond),
            stepSeconds,
            perWorker(
                "images_per_second", .gauge, "Images of a worker, over the last ten seconds.", \.imagesPerSecond),
            perWorker("images_total", .counter, "Images of a worker that went into steps.") {
                Double($0.totals.images)
            },
            perWorker("last_in_steps_total", .counter, "Steps whose last sum was the worker's: the others waited.") {
                Double($0.totals.lastInSteps)
            },
            perWorker("late_leases_total", .counter, "Leases of a worker that others were given, too.") {
                Double($0.totals.lateLeases)
            },
            perWorker("threads", .gauge, "Microbatches that a worker computes side by side.") { Double($0.threads) },
        ]
    }

    private var stepSeconds: MetricFamily {
        let histogram = status.stepSeconds
        var sum = 0
        let buckets = zip(histogram.bounds + [.infinity], histogram.counts).map { bound, count in
            sum += count
            return MetricFamily.Sample(
                suffix: "_bucket", labels: [.init(name: "le", value: Exposition.number(bound))], value: Double(sum))
        }
        return MetricFamily(
            "tributary_step_seconds", .histogram, "How long steps took.",
            buckets + [.init(suffix: "_sum", value: histogram.sum), .init(suffix: "_count", value: Double(sum))])
    }

    private var losses: [MetricFamily] {
        let terms = [("train", status.training), ("valid", status.heldOut)]
        func family(_ name: String, _ help: String, _ value: (ClusterStatus.Terms) -> Double) -> MetricFamily {
            MetricFamily(
                "tributary_\(name)_nats", .gauge,
                help + ", in nats an image, of the last step (train) and the last evaluation (valid).",
                terms.compactMap { split, terms in
                    terms.map { .init(labels: [.init(name: "split", value: split)], value: value($0)) }
                })
        }
        return [
            family("reconstruction", "The reconstruction term") { $0.reconstruction },
            family("divergence", "The divergence from the prior") { $0.divergence },
            family("negative_elbo", "Their sum, the negative evidence lower bound") {
                $0.reconstruction + $0.divergence
            },
        ]
    }

    private var links: [MetricFamily] {
        let contents: [(direction: String, content: String, bytes: KeyPath<ClusterStatus.WorkerTotals, Int>)] = [
            ("sent", "parameters", \.parameterBytes), ("sent", "pixels", \.pixelBytes),
            ("received", "sums", \.sumBytes),
        ]
        let samples = status.workers.flatMap { worker in
            contents.map { row in
                MetricFamily.Sample(
                    labels: [
                        .init(name: "worker", value: worker.name), .init(name: "direction", value: row.direction),
                        .init(name: "content", value: row.content),
                    ], value: Double(worker.totals[keyPath: row.bytes]))
            }
        }
        return [
            MetricFamily(
                "tributary_link_bytes_total", .counter,
                "Bytes that the coordinator sent to a worker and received from it, over its bulk link or through shared memory.",
                samples),
            perWorker("unread_bytes", .gauge, "Bytes on their way to a worker that it has not taken yet.") {
                Double($0.bytesUnderWay)
            },
        ]
    }

    private var members: [MetricFamily] {
        let states = ["preparing", "computing", "waiting", "late"].map { activity in
            MetricFamily.Sample(
                labels: [.init(name: "state", value: activity)],
                value: Double(status.workers.count { $0.activity == activity }))
        }
        return [
            MetricFamily("tributary_workers", .gauge, "Workers that are here, by what they are about.", states),
            counter("workers_joined", "Workers that were accepted.", status.totals.joined),
            counter("workers_left", "Workers that went, or were taken for dead.", status.totals.left),
            counter("workers_refused", "Workers that were refused.", status.totals.refused),
            counter("late_leases", "Leases that were given to another worker, too.", status.totals.lateLeases),
        ]
    }

    private var checks: [MetricFamily] {
        [
            counter("audits", "Nodes that were to be computed twice.", status.totals.audits),
            counter(
                "missed_audits", "Those that were not, since there was no second worker.", status.totals.missedAudits),
            counter("disputes", "Sums that two workers computed differently.", status.totals.disputes),
            counter(
                "quarantined_workers", "Workers that computed wrongly and were shut out.", status.totals.quarantined),
            counter("malformed_messages", "Messages that made no sense.", status.totals.malformedMessages),
        ]
    }

    private var checkpoints: [MetricFamily] {
        [
            counter("checkpoints", "Checkpoints that were written.", status.totals.checkpoints),
            MetricFamily(
                "tributary_checkpoint_age_seconds", .gauge, "How long ago the newest one of them was written.",
                status.checkpoint.map { $0.ageSeconds + age }),
            MetricFamily(
                "tributary_checkpoint_step", .gauge, "The step that it is of.",
                status.checkpoint.map { Double($0.step) }),
        ]
    }

    private func counter(_ name: String, _ help: String, _ value: Int) -> MetricFamily {
        MetricFamily("tributary_\(name)_total", .counter, help, Double(value))
    }

    private func perWorker(
        _ name: String, _ kind: MetricFamily.Kind, _ help: String, _ value: (ClusterStatus.Worker) -> Double
    ) -> MetricFamily {
        MetricFamily(
            "tributary_worker_\(name)", kind, help,
            status.workers.map { .init(labels: [.init(name: "worker", value: $0.name)], value: value($0)) })
    }
}

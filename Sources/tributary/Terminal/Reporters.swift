import Cluster

/// Several who are told the same, in turn.
struct Reporters: RunReporter {
    let all: [any RunReporter]

    func report(_ event: RunEvent) {
        for reporter in all { reporter.report(event) }
    }
}

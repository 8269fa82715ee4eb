import Contract

/// What a run is computed from, what came of it, and the commands that compute it again.
public struct Provenance {
    private let run: String
    private let contract: Contract
    private let step: Int
    private let digest: String
    private let program: String

    /// - Parameters:
    ///   - run: The run's identifier.
    ///   - step: How many steps the state has that the digest is of.
    ///   - digest: The SHA-256 of that state.
    ///   - program: The program with its version.
    public init(run: String, contract: Contract, step: Int, digest: String, program: String) {
        self.run = run
        self.contract = contract
        self.step = step
        self.digest = digest
        self.program = program
    }

    var head: String {
        "run \(run), \(contract.trainingExamples) training images, \(contract.validationExamples) held out, \(program)"
    }

    private var beginning: String {
        contract.initialDigest == nil
            ? "" : ", and the same imported weights to begin with (<code>tributary import-weights</code>)"
    }

    var parts: [String] {
        [
            HTML.list([
                ("run", run), ("data fingerprint", contract.dataFingerprint),
                ("training images", "\(contract.trainingExamples)"),
                ("held-out images", "\(contract.validationExamples)"),
                ("shards × images of each", "\(contract.shards) × \(contract.microbatch)"),
                ("seed", "\(contract.seed)"),
                ("arithmetic", "\(contract.numericClass.elementType), \(contract.numericClass.engine)"),
                ("probe digest", contract.probeDigest), ("digest after step \(step)", digest), ("program", program),
            ]),
            "<p>Equal contracts give equal bits on any cluster of processors of the same kind. With the configuration above as config.yaml and "
                + "the file of that fingerprint as data.h5\(beginning), this computes the run again, and the last line prints its digest:</p>",
            HTML.code(
                """
                tributary train --config config.yaml --data data.h5 --out again --steps \(step)
                tributary checkpoint digest again
                """),
        ]
    }
}

import Contract
import Hashing
import Storage
import Tensors

extension Checkpoint {
    /// Reads a checkpoint from the bytes of its file.
    ///
    /// The seal is checked first, then every shape against the contract's model, at last the digest that the file gives of its
    /// state.
    /// - Parameter file: What errors call the file.
    /// - Throws: `CheckpointError`.
    public init(_ bytes: [UInt8], file name: String) throws(CheckpointError) {
        let image = try CheckpointSeal.open(bytes, file: name)
        do {
            let root = try File.open(image: image, named: name).root
            try Self.checkFormat(root)
            contract = try Contract(json: root.dataset("contract").readText())
            let program = try TrainingProgram(contract)
            let progress = try root.group("progress")
            run = try progress.attribute("run")
            state = try Self.readState(root, program, step: progress.attribute("step", as: Int.self))
            history = try Self.readHistory(root.group("history"), program.plan)
            try check(
                (0...state.step).contains(history.pendingSteps),
                "says that \(history.pendingSteps) of its \(state.step) steps belong to an unfinished epoch")
            try check(
                state.digest.description == progress.attribute("digest"), "its state has another digest than it says")
        } catch let error as CheckpointError {
            throw CheckpointError(file: name, reason: error.reason)
        } catch {
            throw CheckpointError(file: name, reason: "cannot be read: \(error)")
        }
    }

    private static func checkFormat(_ root: Group) throws {
        let version = try root.attribute("format_version", as: Int.self)
        try check(
            version == formatVersion,
            "has format version \(version), and this program reads version \(formatVersion): use the program that wrote it"
        )
    }

    private static func readState(_ root: Group, _ program: TrainingProgram, step: Int) throws -> ModelState {
        try check((0...ShardPlan.mostSteps).contains(step), "gives \(step) as its number of steps")
        let (layout, configuration) = (program.layout, program.configuration)
        let optimizer = try root.group("optimizer")
        return ModelState(
            layout: layout, step: step, parameters: try read(layout.parameters, root.group("parameters")),
            statistics: try read(layout.statistics, root.group("statistics")),
            optimizer: try configuration.optimizer.initialState(0).reading {
                try read(layout.parameters, optimizer.group($0))
            },
            average: try configuration.weightAverage == nil ? nil : readAverage(root.group("average"), layout))
    }

    private static func readAverage(_ group: Group, _ layout: ModelLayout) throws -> WeightAverage {
        WeightAverage(
            parameters: try read(layout.parameters, group.group("parameters")),
            statistics: try read(layout.statistics, group.group("statistics")))
    }

    private static func read(_ table: SliceTable, _ group: Group) throws -> [Float] {
        var values: [Float] = []
        values.reserveCapacity(table.count)
        for slice in table.slices {
            let dataset = try group.dataset(slice.name)
            try check(
                dataset.shape == slice.shape.dimensions,
                "holds \(slice.name) with shape \(dataset.shape), and its contract's model has \(slice.shape)")
            values += try dataset.read(as: Float.self)
        }
        return values
    }

    private static func readHistory(_ group: Group, _ plan: ShardPlan) throws -> History {
        var history = History()
        history.train = try readEpochs(group.group("train"), plan)
        history.valid = try readEpochs(group.group("valid"), plan)
        history.pendingSteps = try group.attribute("pending_steps", as: Int.self)
        history.pendingReconstruction = try group.attribute("pending_reconstruction", as: Double.self)
        history.pendingDivergence = try group.attribute("pending_divergence", as: Double.self)
        return history
    }

    static func readEpochs(_ group: Group, _ plan: ShardPlan) throws -> [History.Epoch] {
        let epochs = try group.dataset("epoch").read(as: Int.self)
        let reconstructions = try group.dataset("reconstruction").read(as: Double.self)
        let divergences = try group.dataset("divergence").read(as: Double.self)
        let steps = try readSteps(group, epochs, plan)
        try check(
            [steps.count, reconstructions.count, divergences.count].allSatisfy { $0 == epochs.count },
            "has a history of unequal columns")
        return epochs.indices.map {
            History.Epoch(
                step: steps[$0], epoch: epochs[$0], reconstruction: reconstructions[$0], divergence: divergences[$0])
        }
    }

    /// Checkpoints of earlier programs, which evaluated at the ends of epochs only, do not give the steps.
    private static func readSteps(_ group: Group, _ epochs: [Int], _ plan: ShardPlan) throws -> [Int] {
        if group.kind(of: "step") != nil { return try group.dataset("step").read(as: Int.self) }
        let most = plan.epoch(ofStep: ShardPlan.mostSteps)
        try check(epochs.allSatisfy { (0...most).contains($0) }, "has a history of epochs that no run reaches")
        return epochs.map { plan.steps(epochs: $0) }
    }
}

private func check(_ condition: Bool, _ reason: @autoclosure () -> String) throws(CheckpointError) {
    if !condition { throw CheckpointError(file: "", reason: reason()) }
}

extension Dataset {
    /// The one text that the dataset holds.
    fileprivate func readText() throws -> String {
        let texts = try readStrings()
        guard let text = texts.first, texts.count == 1 else {
            throw CheckpointError(file: "", reason: "holds \(texts.count) texts where one belongs")
        }
        return text
    }
}

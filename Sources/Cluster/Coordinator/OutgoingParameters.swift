import Contract
import Coordination
import Messaging
import Training

/// A step's parameters and running statistics as chunks that all workers' messages share, and in memory that workers of this
/// machine read.
///
/// A chunk is made when the first worker is to have it: whoever asks for it has updated its parameters just before (`RunState.update(upTo:)`),
/// so that they leave while those of the next chunk get their update. An earlier step's are kept while a sum of that step is in question.
struct OutgoingParameters {
    /// The memory that workers read; two slots, which take turns.
    let memory: OwnMemory?
    private let sizes: BulkSizes
    private var slot = MemorySlot(index: 0, stamp: 0)
    private var storedStep: Int?
    private var step: Int?
    private var chunks: [Range<Int>: SharedMessage] = [:]
    /// The chunks of earlier steps.
    private var kept: [Int: [Range<Int>: SharedMessage]] = [:]

    init(_ sizes: BulkSizes, memory: OwnMemory?) {
        self.sizes = sizes
        self.memory = memory
    }

    /// Forgets all steps, and takes no slot's stamp again.
    mutating func restart() {
        (storedStep, step) = (nil, nil)
        (chunks, kept) = ([:], [:])
    }

    // MARK: - Over the link

    /// The bytes of `range`: the parameters, then the running statistics, then the averages of both where they are kept. Nil where they
    /// are an earlier step's and gone.
    ///
    /// - Parameter model: Its parameters are up to date as far as `range` goes.
    mutating func chunk(
        _ range: Range<Int>, ofStep wanted: Int, of model: ModelState, keeping steps: Set<Int>
    ) -> Message? {
        begin(model.step, keeping: steps)
        guard wanted == step else { return kept[wanted]?[range]?.copy() }
        if let chunk = chunks[range] { return chunk.copy() }
        let chunk = SharedMessage(Self.message(range.lowerBound / 4..<range.upperBound / 4, of: model))
        chunks[range] = chunk
        return chunk.copy()
    }

    private mutating func begin(_ new: Int, keeping steps: Set<Int>) {
        if new == step { return }
        if let step, steps.contains(step) { kept[step] = allChunks(ofStep: step) }
        kept = kept.filter { steps.contains($0.key) }
        chunks = [:]
        step = new
    }

    /// Where chunks begin and end.
    private var ranges: [Range<Int>] {
        stride(from: 0, to: sizes.parameterBytes, by: sizes.chunkBytes).map {
            $0..<min(sizes.parameterBytes, $0 + sizes.chunkBytes)
        }
    }

    /// The chunks of a step, also those that are in memory only: its slot is the next but one to be written over.
    private func allChunks(ofStep step: Int) -> [Range<Int>: SharedMessage] {
        guard let memory, storedStep == step else { return chunks }
        return Dictionary(
            uniqueKeysWithValues: ranges.map { range in
                let message = Message(floats: range.count / 4) { _, floats in
                    memory.withNumbers(slot.index, range) { _, stored in
                        for index in 0..<floats.count { floats[index] = stored[index] }
                    }
                }
                return (range, SharedMessage(message))
            })
    }

    private static func message(_ range: Range<Int>, of model: ModelState) -> Message {
        Message(floats: range.count) { _, floats in fill(&floats, range, of: model) }
    }

    private static func fill(_ floats: inout MutableSpan<Float>, _ range: Range<Int>, of model: ModelState) {
        var start = 0
        for part in model.broadcast {
            let common = range.clamped(to: start..<start + part.count)
            if !common.isEmpty {
                copy(
                    part, common.lowerBound - start..<common.upperBound - start, to: &floats,
                    at: common.lowerBound - range.lowerBound)
            }
            start += part.count
        }
    }

    private static func copy(
        _ source: [Float], _ range: Range<Int>, to target: inout MutableSpan<Float>, at start: Int
    ) {
        let source = source.span.extracting(range)
        for index in 0..<source.count { target[start + index] = source[index] }
    }

    // MARK: - In memory

    /// Where the current step's parameters are to be written; nil where they are in memory already, or nobody reads there.
    mutating func room(forStep new: Int, keeping steps: Set<Int>) -> Room? {
        guard let memory else { return nil }
        begin(new, keeping: steps)
        if storedStep == step { return nil }
        slot = MemorySlot(index: 1 - slot.index, stamp: slot.stamp + 1)
        memory.begin(slot.index, stamp: slot.stamp)
        storedStep = step
        return Room(memory: memory, slot: slot.index)
    }

    /// Where the parameters of the current step lie, once they are written.
    var stored: MemorySlot? { storedStep == nil ? nil : slot }

    /// A slot of memory that workers read, before they are told of it.
    struct Room: Sendable {
        fileprivate let memory: OwnMemory
        fileprivate let slot: Int

        /// Writes some of the parameters; from several threads, each element once.
        fileprivate func write(_ range: Range<Int>, _ floats: Span<Float>) {
            memory.write(floats, slot, at: 4 * range.lowerBound)
        }

        /// Writes what comes after the parameters.
        fileprivate func writeRest(of model: ModelState) {
            var start = model.parameters.count
            for part in model.broadcast.dropFirst() {
                memory.write(part.span, slot, at: 4 * start)
                start += part.count
            }
        }
    }
}

extension RunState {
    /// Updates all parameters and writes each as soon as it is there, then the statistics and averages.
    mutating func write(to room: OutgoingParameters.Room) {
        update { room.write($0, $1) }
        room.writeRest(of: model)
    }
}

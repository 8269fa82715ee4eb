import Testing

@testable import Coordination

@Suite struct OutboxTests {
    private let sizes = Samples.sizes

    private func drain(_ outbox: inout Outbox, _ window: inout CreditWindow) -> [Outbox.Chunk] {
        var chunks: [Outbox.Chunk] = []
        while let chunk = outbox.next(within: window) {
            chunks.append(chunk)
            switch chunk {
            case .parameters(_, _, let bytes): window.spend(bytes)
            case .rows(_, let examples): window.spend(examples.count * sizes.exampleBytes)
            }
        }
        return chunks
    }

    @Test func parametersOutrankUrgentPixelsAndThoseOutrankCopying() {
        var outbox = Outbox(sizes: sizes)
        var window = CreditWindow(limit: 1_000)
        _ = outbox.enqueue(.init(split: .validation, isUrgent: false, isRestart: false, examples: [9]))
        _ = outbox.enqueue(.init(split: .training, isUrgent: true, isRestart: false, examples: [1, 2, 3, 4, 5]))
        outbox.enqueueParameters(step: 3)
        #expect(
            drain(&outbox, &window) == [
                .parameters(step: 3, offset: 0, bytes: 16), .parameters(step: 3, offset: 16, bytes: 16),
                .parameters(step: 3, offset: 32, bytes: 8), .rows(.training, [1, 2, 3, 4]), .rows(.training, [5]),
                .rows(.validation, [9]),
            ])
    }

    @Test func nothingLeavesBeyondTheCredit() {
        var outbox = Outbox(sizes: sizes)
        var window = CreditWindow(limit: 32)
        outbox.enqueueParameters(step: 0)
        #expect(drain(&outbox, &window).count == 2)
        window.refund(16)
        #expect(drain(&outbox, &window) == [.parameters(step: 0, offset: 32, bytes: 8)])
    }

    @Test func newParametersReplaceWhatIsLeftOfTheOld() {
        var outbox = Outbox(sizes: sizes)
        var window = CreditWindow(limit: 16)
        outbox.enqueueParameters(step: 0)
        _ = drain(&outbox, &window)
        outbox.enqueueParameters(step: 1)
        window.refund(16)
        #expect(drain(&outbox, &window) == [.parameters(step: 1, offset: 0, bytes: 16)])
    }

    @Test func aRestartForgetsOlderRequests() {
        var outbox = Outbox(sizes: sizes)
        var window = CreditWindow(limit: 1_000)
        _ = outbox.enqueue(.init(split: .training, isUrgent: true, isRestart: false, examples: [1]))
        _ = outbox.enqueue(.init(split: .training, isUrgent: true, isRestart: true, examples: [2]))
        #expect(drain(&outbox, &window) == [.rows(.training, [2])])
    }

    @Test func aChunkLargerThanTheWindowStillLeavesAlone() {
        var window = CreditWindow(limit: 10)
        #expect(window.admits(50))
        window.spend(50)
        #expect(!window.admits(1))
        window.refund(1_000)
        #expect(window.outstanding == 0)
    }
}

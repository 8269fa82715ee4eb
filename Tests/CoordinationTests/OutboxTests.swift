import Testing

@testable import Coordination

@Suite struct OutboxTests {
    private let sizes = Samples.sizes

    private func drain(_ outbox: inout Outbox, _ window: inout CreditWindow) -> [Transfer] {
        var chunks: [Transfer] = []
        while let chunk = outbox.next(within: window) {
            chunks.append(chunk)
            switch chunk {
            case .parameters(_, _, let bytes, _): window.spend(bytes, at: .zero)
            case .rows(_, let examples): window.spend(examples.count * sizes.exampleBytes, at: .zero)
            case .storedParameters: break
            }
        }
        return chunks
    }

    @Test func chunksThatArePassedOnStayInLineWhenAllAreAskedFor() {
        var outbox = Outbox(sizes: sizes)
        var window = CreditWindow(limit: 1_000, chunkBytes: 500)
        outbox.enqueueParameters(step: 3, chunks: [1], duties: 7)
        outbox.enqueueParameters(step: 3)
        #expect(
            drain(&outbox, &window) == [
                .parameters(step: 3, offset: 16, bytes: 16, duties: 7),
                .parameters(step: 3, offset: 0, bytes: 16, duties: 0),
                .parameters(step: 3, offset: 32, bytes: 8, duties: 0),
            ])
    }

    @Test func parametersOutrankUrgentPixelsAndThoseOutrankCopying() {
        var outbox = Outbox(sizes: sizes)
        var window = CreditWindow(limit: 1_000, chunkBytes: 500)
        _ = outbox.enqueue(.init(split: .validation, purpose: .copy, examples: [9]))
        _ = outbox.enqueue(.init(split: .training, purpose: .microbatch, examples: [1, 2, 3, 4, 5]))
        outbox.enqueueParameters(step: 3)
        #expect(
            drain(&outbox, &window) == [
                .parameters(step: 3, offset: 0, bytes: 16, duties: 0),
                .parameters(step: 3, offset: 16, bytes: 16, duties: 0),
                .parameters(step: 3, offset: 32, bytes: 8, duties: 0), .rows(.training, examples: [1, 2, 3, 4]),
                .rows(.training, examples: [5]),
                .rows(.validation, examples: [9]),
            ])
    }

    @Test func nothingLeavesBeyondTheCredit() {
        var outbox = Outbox(sizes: sizes)
        var window = CreditWindow(limit: 32, chunkBytes: 16)
        outbox.enqueueParameters(step: 0)
        #expect(drain(&outbox, &window).count == 2)
        window.refund(16, at: .zero)
        #expect(drain(&outbox, &window) == [.parameters(step: 0, offset: 32, bytes: 8, duties: 0)])
    }

    @Test func newParametersReplaceWhatIsLeftOfTheOld() {
        var outbox = Outbox(sizes: sizes)
        var window = CreditWindow(limit: 16, chunkBytes: 16)
        outbox.enqueueParameters(step: 0)
        _ = drain(&outbox, &window)
        outbox.enqueueParameters(step: 1)
        window.refund(16, at: .zero)
        #expect(drain(&outbox, &window) == [.parameters(step: 1, offset: 0, bytes: 16, duties: 0)])
    }

    @Test func copiesThatHurryComeFirstAndNothingLeavesTwice() {
        var outbox = Outbox(sizes: sizes)
        var window = CreditWindow(limit: 16, chunkBytes: 16)
        _ = outbox.enqueue(.init(split: .training, purpose: .copy, examples: Array(0..<12)))
        #expect(drain(&outbox, &window) == [.rows(.training, examples: [0, 1, 2, 3])])
        // Two of these have left already, and one is not a copy of this split.
        _ = outbox.enqueue(.init(split: .training, purpose: .hurry, examples: [10, 2, 0, 5]))
        _ = outbox.enqueue(.init(split: .validation, purpose: .hurry, examples: [6]))
        var chunks: [Transfer] = []
        for _ in 0..<4 {
            window.refund(16, at: .zero)
            chunks += drain(&outbox, &window)
        }
        #expect(
            chunks == [
                .rows(.training, examples: [10, 5]), .rows(.training, examples: [4, 6, 7]),
                .rows(.training, examples: [8, 9, 11]),
            ])
    }

    @Test func copiesLeaveHalfOfTheWindowToWhatIsUrgent() {
        var outbox = Outbox(sizes: sizes)
        var window = CreditWindow(limit: 64, chunkBytes: 16)
        _ = outbox.enqueue(.init(split: .training, purpose: .copy, examples: Array(0..<100)))
        #expect(drain(&outbox, &window).count == 2)
        _ = outbox.enqueue(.init(split: .training, purpose: .microbatch, examples: Array(100..<200)))
        #expect(drain(&outbox, &window).count == 2)
    }
}

import Contract
import Testing

@testable import Coordination

@Suite struct PeerLinkTests {
    private let timing = Timing()
    private let entry = PeerEntry(identity: [2], name: "node2", address: "tcp://10.0.0.2:7100", key: "")

    private func link(isUp: Bool = true) -> PeerLink {
        var link = PeerLink(entry, sizes: Samples.sizes, timing: timing, at: .zero)
        if isUp { _ = link.hear(at: .zero, timing) }
        return link
    }

    private func sum(_ offset: Int, duties: UInt64 = 1, step: Int = 3) -> PeerLink.Cargo {
        let round = Round(step: step, kind: .training)
        return .sum(SumPiece(round: round, duties: duties, node: 2, offset: offset, bytes: 16), lease: 5)
    }

    private func parameters(step: Int) -> PeerLink.Cargo {
        .parameters(PassedParameters(step: step, duties: 1, offset: 0, bytes: 16))
    }

    @Test func parametersLeaveBeforeSums() {
        var link = link()
        for cargo in [sum(0), parameters(step: 4), sum(16)] { link.enqueue(cargo) }
        #expect([link.next(at: .zero), link.next(at: .zero)] == [parameters(step: 4), sum(0)])
    }

    @Test func nothingLeavesBeforeTheOtherAnswersNorWithoutCredit() {
        var link = link(isUp: false)
        for offset in 0..<9 { link.enqueue(sum(16 * offset)) }
        #expect(link.next(at: .zero) == nil)
        let news = [link.hear(at: .zero, timing), link.hear(at: .zero, timing)]
        #expect(news == [true, false])
        var left = 0
        while link.next(at: .zero) != nil { left += 1 }
        #expect(left == 4)
        #expect(link.refund(16, at: .zero) == sum(0))
        #expect(link.next(at: .zero) == sum(64))
    }

    @Test func creditForWhatIsNotUnderWayIsNone() {
        var link = link()
        #expect(link.refund(16, at: .zero) == nil)
        link.enqueue(sum(0))
        _ = link.next(at: .zero)
        #expect(link.refund(8, at: .zero) == nil && link.refund(16, at: .zero) == sum(0))
    }

    @Test func whatIsOverIsForgotten() {
        var link = link()
        for cargo in [sum(0), sum(16, duties: 2), sum(32, duties: 2, step: 4), parameters(step: 4)] {
            link.enqueue(cargo)
        }
        link.drop(before: 2)
        link.drop(beforeStep: 5)
        link.dropSums(before: 4)
        #expect(link.next(at: .zero) == sum(32, duties: 2, step: 4))
        #expect(link.next(at: .zero) == nil)
    }

    @Test func aRefusedConnectionIsTriedAgainSoonAndThenLessOften() {
        var link = link(isUp: false)
        var waits: [Duration] = []
        var now = Duration.zero
        for _ in 0..<9 {
            link.refuse(at: now)
            let begin = now
            while !link.isToBeReopened(at: now, timing) { now += .milliseconds(50) }
            waits.append(now - begin)
            _ = link.reopen(Samples.sizes, at: now)
        }
        #expect(waits.prefix(3) == [.milliseconds(100), .milliseconds(200), .milliseconds(400)])
        #expect(waits.last == .seconds(5))
    }

    @Test func silenceEndsAConnection() {
        // Nobody knows yet how often it pauses.
        var link = link()
        #expect(!link.isToBeReopened(at: timing.silence * 0.4, timing))
        #expect(link.isToBeReopened(at: timing.silence * 0.4 + .milliseconds(1), timing))
        for count in 1...400 { _ = link.hear(at: timing.heartbeat * count, timing) }
        let now = timing.heartbeat * 400
        #expect(!link.isToBeReopened(at: now + timing.heartbeat * 2, timing))
        #expect(link.isToBeReopened(at: now + timing.heartbeat * 4, timing))
        // One that never answered is given longer.
        _ = link.reopen(Samples.sizes, at: now)
        #expect(!link.isToBeReopened(at: now + timing.silence, timing))
        #expect(link.isToBeReopened(at: now + timing.silence + .milliseconds(1), timing))
    }

    @Test func aNewConnectionHasNothingOfTheOldOne() {
        var link = link()
        link.enqueue(sum(0))
        link.enqueue(sum(16))
        _ = link.next(at: .zero)
        let lost = link.reopen(Samples.sizes, at: .zero)
        #expect(lost == [5] && !link.isUp && link.refund(16, at: .zero) == nil)
        _ = link.hear(at: .zero, timing)
        #expect(link.next(at: .zero) == nil)
    }
}

import Testing

@testable import Messaging

/// Which connections end, by synthetic time and counts of bytes.
@Suite struct ConnectionTableTests {
    private func limits() -> ConnectionTable.Limits {
        var limits = ConnectionTable.Limits(SocketOptions())
        limits.connections = 6
        limits.silent = 3
        limits.patience = .seconds(30)
        limits.undelivered = 1_000
        limits.allUndelivered = 1_800
        return limits
    }

    @Test func theOldestOfThoseWhoNeverSpokeGoesForTheNewest() {
        var table = ConnectionTable(limits())
        for descriptor in 1...3 as ClosedRange<Int32> {
            #expect(table.accept(descriptor, at: .seconds(Int(descriptor))) == nil)
        }
        table.deliver(1, from: nil, at: .zero)
        #expect(table.accept(4, at: .seconds(4)) == nil)
        #expect(table.accept(5, at: .seconds(5)) == 2)
        table.close(3)
        #expect(table.accept(6, at: .seconds(6)) == nil)
        #expect(table.count == 4)
    }

    @Test func beyondAllThatAreAllowedWhoeverHasTheMostLosesTheQuietest() throws {
        let (greedy, other) = (try KeyPair.random().publicKey, try KeyPair.random().publicKey)
        var table = ConnectionTable(limits())
        for descriptor in 1...6 as ClosedRange<Int32> {
            #expect(table.accept(descriptor, at: .zero) == nil)
            table.deliver(descriptor, from: descriptor < 3 ? other : greedy, at: .seconds(Int(descriptor)))
        }
        table.deliver(3, from: nil, at: .seconds(7))
        #expect(table.accept(7, at: .seconds(8)) == 4, "3 and 4 were quiet, and 3 spoke again; others have fewer")
        table.deliver(7, from: other, at: .seconds(8))
        #expect(table.accept(8, at: .seconds(9)) == 1, "both have three now, and this is the quietest")
    }

    @Test func whereNobodyProvesAKeyTheQuietestGoes() {
        var table = ConnectionTable(limits())
        for descriptor in 1...6 as ClosedRange<Int32> {
            #expect(table.accept(descriptor, at: .zero) == nil)
            table.deliver(descriptor, from: nil, at: .seconds(9 - Int(descriptor)))
        }
        #expect(table.accept(7, at: .seconds(9)) == 6)
    }

    @Test func whoSaysNothingHasItsTime() {
        var table = ConnectionTable(limits())
        _ = table.accept(1, at: .zero)
        _ = table.accept(2, at: .zero)
        table.deliver(2, from: nil, at: .zero)
        #expect(table.look(at: .seconds(30)) { _ in 0 } == [])
        #expect(table.look(at: .seconds(31)) { _ in 0 } == [1])
        #expect(table.look(at: .seconds(99)) { _ in 0 } == [])
    }

    @Test func whoSendsMuchOfWhichNoMessageComesIsEndedAndWhoDeliversIsNot() {
        var table = ConnectionTable(limits())
        for descriptor in 1...2 as ClosedRange<Int32> { _ = table.accept(descriptor, at: .zero) }
        var ended: [[Int32]] = []
        for count in 1...4 {
            table.deliver(2, from: nil, at: .zero)
            table.empty()
            ended.append(table.look(at: .seconds(count)) { _ in 600 * count })
        }
        #expect(ended == [[], [], [1], []], "what was there at the last look counts")
    }

    @Test func nobodyIsBlamedForWhatNobodyTook() {
        var table = ConnectionTable(limits())
        _ = table.accept(1, at: .zero)
        for count in 1...4 { #expect(table.look(at: .seconds(count)) { _ in 9_000 * count } == []) }
        table.deliver(1, from: nil, at: .zero)
        table.empty()
        #expect(table.look(at: .seconds(5)) { _ in 45_000 } == [])
        table.empty()
        #expect(table.look(at: .seconds(6)) { _ in 45_900 } == [])
        table.empty()
        #expect(table.look(at: .seconds(7)) { _ in 46_800 } == [])
        table.empty()
        #expect(table.look(at: .seconds(8)) { _ in 46_800 } == [1])
    }

    @Test func whatAllHoldTogetherIsLimitedAndTheGreatestGo() {
        var table = ConnectionTable(limits())
        for descriptor in 1...3 as ClosedRange<Int32> { _ = table.accept(descriptor, at: .zero) }
        for second in 1...2 {
            table.empty()
            let ended = table.look(at: .seconds(second)) { 500 + 100 * Int($0) }
            #expect(ended == (second == 2 ? [3] : []))
        }
    }
}

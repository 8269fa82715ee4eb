import Testing

@testable import FaultyNetwork

/// The bad network of `chaos` and of tests, between two ends on this machine.
@Suite struct FaultyLinkTests {
    @Test func aFrozenConnectionHidesThatOneEndGaveUpAndIsClosedOnceBothHave() throws {
        let bench = try Bench()
        try bench.freeze()
        bench.near.endSending()
        #expect(bench.received(by: bench.far, within: 3) == nil)
        bench.far.endSending()
        #expect(bench.received(by: bench.near, within: 12_000) == 0)
        #expect(bench.received(by: bench.far, within: 12_000) == 0)
    }

    @Test func aLinkThatIsClosedEndsFrozenConnections() throws {
        let bench = try Bench()
        try bench.freeze()
        bench.link.close()
        #expect(bench.received(by: bench.near, within: 12_000) == 0)
        #expect(bench.received(by: bench.far, within: 12_000) == 0)
    }

    @Test func noPortIsGivenTwice() {
        let ports = (0..<300).map { _ in LoopbackPort.free() }
        #expect(Set(ports + ports.map { $0 + 1 }).count == 600)
    }

    /// So does a process keep its ports from others.
    @Test func aNameIsHeldOnceAndGivenUpWithItsHolder() {
        let name = "tributary-test-\(UInt64.random(in: 0 ... .max))"
        do {
            let sign = Connection.sign(named: name)
            #expect(sign != nil && Connection.sign(named: name) == nil)
            withExtendedLifetime(sign) {}
        }
        #expect(Connection.sign(named: name) != nil)
    }

    /// A connection through a link, over which one message has gone.
    private struct Bench {
        let link: FaultyLink
        let near: Connection
        let far: Connection

        init() throws {
            let (entrance, port) = (LoopbackPort.free(), LoopbackPort.free())
            let listener = try Connection.listening(on: port)
            link = try FaultyLink(from: entrance, to: port)
            near = try #require(Connection.connecting(to: entrance))
            far = try #require(listener.accept())
            #expect(near.send([1, 2, 3], count: 3))
            #expect(received(by: far, within: 12_000) == 3)
        }

        /// Freezes it; what is sent from now on does not come through.
        func freeze() throws {
            link.freeze()
            #expect(near.send([4], count: 1) && far.send([5], count: 1))
        }

        /// How many bytes came within so many tenths of a second, or nil.
        func received(by end: Connection, within tenths: Int) -> Int? {
            var buffer = [UInt8](repeating: 0, count: 16)
            for _ in 0..<tenths {
                if let count = end.receive(into: &buffer) { return count }
            }
            return nil
        }
    }
}

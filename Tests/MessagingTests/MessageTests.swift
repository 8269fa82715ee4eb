import Messaging
import Testing

@Suite struct MessageTests {
    @Test func floatsArriveBitForBit() throws {
        let floats: [Float] = [0, -0.0, 1.5, .infinity, .leastNonzeroMagnitude, -3.25]
        let message = Message(sharing: SharedBytes(floats: floats), 0..<24)
        var copy = [Float](repeating: 9, count: 8)
        message.copyFloats(into: &copy, at: 1)
        #expect(copy.map(\.bitPattern) == ([9] + floats + [9]).map(\.bitPattern))
    }

    @Test func arraysLieOneBehindTheOtherAndAPartCanBeCopied() {
        let message = Message(sharing: SharedBytes(floats: [1, 2], [], [3]), 4..<12)
        var copy = [Float](repeating: 0, count: 2)
        message.copyFloats(1..<2, into: &copy, at: 1)
        #expect(copy == [0, 3])
        #expect(message.floatCount == 2)
    }

    @Test func bytesAreCopiedToTheirPlace() {
        let message = Message([1, 2, 3, 4])
        var copy = [UInt8](repeating: 0, count: 4)
        message.copyBytes(1..<3, into: &copy, at: 2)
        #expect(copy == [0, 0, 2, 3])
    }

    @Test(arguments: Depth.allCases)
    func sharedBytesLiveUntilTheLastMessageHasLeft(_ depth: Depth) throws {
        let link = try Loopback(depth)
        try link.sendFromDealer([0])
        _ = try link.frames(of: link.router)
        weak var owner: SharedBytes?
        do {
            let bytes = SharedBytes(bytes: [UInt8](repeating: 3, count: 1 << 20))
            owner = bytes
            let message = Message(sharing: bytes, 16..<(1 << 20))
            for _ in 0..<3 {
                #expect(try link.router.send(Message([1, 2, 3]), more: true) == .sent)
                #expect(try link.router.send(message.shared()) == .sent)
            }
        }
        for _ in 0..<3 {
            #expect(try link.frames(of: link.dealer) == [[UInt8](repeating: 3, count: (1 << 20) - 16)])
        }
        for _ in 0..<1_000 where owner != nil {
            _ = try Poller.wait(
                control: link.router, bulk: link.spare, doorbell: link.doorbell, atMost: .milliseconds(5))
        }
        #expect(owner == nil)
    }
}

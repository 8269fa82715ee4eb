import Messaging
import Testing

@Suite struct MessageTests {
    @Test func floatsAreWrittenAndReadInPlace() throws {
        let values: [Float] = [0, -0.0, 1.5, .infinity, .leastNonzeroMagnitude, -3.25]
        let message = Message(floats: values.count) { _, floats in
            for index in values.indices { floats[index] = values[index] }
        }
        #expect(message.count == 24)
        #expect(message.floats.map(\.bitPattern) == values.map(\.bitPattern))
    }

    @Test(arguments: [1, 2, 3]) func floatsBeginAtAMultipleOfFourBehindHalves(_ count: Int) {
        let message = Message(halves: count, floats: 2) { halves, floats in
            for index in 0..<count { halves[index] = UInt16(index + 1) }
            (floats[0], floats[1]) = (0.5, -2)
        }
        #expect(message.count == (count + 1) / 2 * 4 + 8)
        let read = message.withNumbers(halves: count) { halves, floats in
            ((0..<halves.count).map { halves[$0] }, (0..<floats.count).map { floats[$0] })
        }
        #expect(read.0 == (1...UInt16(count)).map { $0 })
        #expect(read.1 == [0.5, -2])
        if count % 2 == 1 { #expect(message.bytes[(2 * count)..<(2 * count + 2)] == [0, 0]) }
    }

    @Test func anEmptyMessageHasNoNumbers() {
        #expect(Message([]).floats.isEmpty)
        #expect(Message(floats: 0) { _, _ in }.count == 0)
    }

    @Test func bytesAreCopiedToTheirPlace() {
        let message = Message([1, 2, 3, 4])
        var copy = [UInt8](repeating: 0, count: 4)
        message.copyBytes(1..<3, into: &copy, at: 2)
        #expect(copy == [0, 0, 2, 3])
    }

    /// Small frames arrive wherever they lie in a buffer of libzmq's, aligned or not.
    @Test(arguments: Depth.allCases)
    func floatsArriveBitForBitWhateverTheirLength(_ depth: Depth) throws {
        let link = try Loopback(depth)
        try link.sendFromDealer([0])
        _ = try link.frames(of: link.router)
        for count in [1, 7, 9, 100, 3_000, 300_000] {
            #expect(try link.router.send(Message([1, 2, 3]), more: true) == .sent)
            #expect(try link.router.send(Message([9]), more: true) == .sent)
            let message = Message(floats: count) { _, floats in
                for index in 0..<count { floats[index] = Float(index) + 0.5 }
            }
            #expect(try link.router.send(message) == .sent)
            let frame = try link.lastFrame(of: link.dealer)
            #expect(frame.floats == (0..<count).map { Float($0) + 0.5 })
        }
    }

    @Test(arguments: Depth.allCases)
    func aSharedMessageIsSentAgainAndAgain(_ depth: Depth) throws {
        let link = try Loopback(depth)
        try link.sendFromDealer([0])
        _ = try link.frames(of: link.router)
        let kept = SharedMessage(Message([UInt8](repeating: 3, count: 1 << 20)))
        for _ in 0..<3 {
            #expect(try link.router.send(Message([1, 2, 3]), more: true) == .sent)
            #expect(try link.router.send(kept.copy()) == .sent)
        }
        for _ in 0..<3 { #expect(try link.frames(of: link.dealer) == [[UInt8](repeating: 3, count: 1 << 20)]) }
        #expect(kept.count == 1 << 20)
    }
}

extension Message {
    fileprivate var floats: [Float] { withNumbers { _, floats in (0..<floats.count).map { floats[$0] } } }
}

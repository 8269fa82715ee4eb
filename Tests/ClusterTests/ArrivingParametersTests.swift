import Messaging
import Testing

@testable import Cluster

@Suite struct ArrivingParametersTests {
    @Test(arguments: 1...8)
    func chunksMayEndAnywhere(_ size: Int) {
        var arriving = ArrivingParameters(counts: [3, 2, 0, 3])
        for start in stride(from: 0, to: 8, by: size) {
            let message = Message(floats: min(8, start + size) - start) { _, floats in
                for index in 0..<floats.count { floats[index] = Float(start + index + 1) }
            }
            arriving.place(message, at: start)
        }
        #expect(arriving.parts == [[1, 2, 3], [4, 5], [], [6, 7, 8]])
    }
}

import Messaging
import Testing

@testable import Cluster

@Suite struct ArrivingParametersTests {
    @Test(arguments: 1...5)
    func chunksMayEndAnywhere(_ size: Int) {
        var arriving = ArrivingParameters(parameters: 3, statistics: 2)
        for start in stride(from: 0, to: 5, by: size) {
            let message = Message(floats: min(5, start + size) - start) { _, floats in
                for index in 0..<floats.count { floats[index] = Float(start + index + 1) }
            }
            arriving.place(message, at: start)
        }
        #expect(arriving.parameters == [1, 2, 3])
        #expect(arriving.statistics == [4, 5])
    }
}

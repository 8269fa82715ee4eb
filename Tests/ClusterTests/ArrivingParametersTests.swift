import Messaging
import Testing

@testable import Cluster

@Suite struct ArrivingParametersTests {
    @Test(arguments: 1...5)
    func chunksMayEndAnywhere(_ size: Int) {
        let bytes = SharedBytes(floats: [1, 2, 3], [4, 5])
        var arriving = ArrivingParameters(parameters: 3, statistics: 2)
        for start in stride(from: 0, to: 5, by: size) {
            arriving.place(Message(sharing: bytes, (4 * start)..<(4 * min(5, start + size))), at: start)
        }
        #expect(arriving.parameters == [1, 2, 3])
        #expect(arriving.statistics == [4, 5])
    }
}

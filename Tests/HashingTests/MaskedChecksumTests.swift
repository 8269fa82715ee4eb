import Hashing
import Testing

@Suite struct MaskedChecksumTests {
    @Test func checksumsAreThoseOfTensorFlow() {
        #expect(MaskedChecksum(Array("123456789".utf8)).value == 0xc78a_b0e5)
        #expect(MaskedChecksum([]).value == 0xa282_ead8)
    }
}

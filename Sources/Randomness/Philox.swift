/// The counter-based generator Philox4x32-10.
///
/// Ten rounds of multiplication and exclusive-or turn a 128-bit counter and a 64-bit key into 128 random bits. There is no
/// state: equal counters and keys give equal bits on every machine, thread and layout.
///
/// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011, section 3.3.
public enum Philox {
    /// The 128 bits for `counter` under `key`.
    @inlinable
    public static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
        var counter = counter
        var key = key
        for _ in 0..<10 {
            counter = round(counter, key)
            key = key &+ SIMD2(0x9E37_79B9, 0xBB67_AE85)
        }
        return counter
    }

    @inlinable
    static func round(_ counter: SIMD4<UInt32>, _ key: SIMD2<UInt32>) -> SIMD4<UInt32> {
        let first = counter[0].multipliedFullWidth(by: 0xD251_1F53)
        let second = counter[2].multipliedFullWidth(by: 0xCD9E_8D57)
        return SIMD4(second.high ^ counter[1] ^ key[0], second.low, first.high ^ counter[3] ^ key[1], first.low)
    }
}

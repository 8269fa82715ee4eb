/// The counter-based generator Philox4x32-10.
///
/// Ten rounds of multiplication and exclusive-or turn a 128-bit counter and a 64-bit key into 128 random bits. There is no
/// state: equal counters and keys give equal bits on every machine, thread and layout.
///
/// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011, section 3.3.
public enum Philox {
    /// The 128 bits for `counter` under `key`.
    ///
    /// The words are kept apart: in a vector, each multiplication would take them out and put them back.
    @inlinable
    public static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
        var (first, second, third, fourth) = (counter[0], counter[1], counter[2], counter[3])
        var (low, high) = (key[0], key[1])
        for _ in 0..<10 {
            let left = first.multipliedFullWidth(by: 0xD251_1F53)
            let right = third.multipliedFullWidth(by: 0xCD9E_8D57)
            (first, second, third, fourth) = (right.high ^ second ^ low, right.low, left.high ^ fourth ^ high, left.low)
            low &+= 0x9E37_79B9
            high &+= 0xBB67_AE85
        }
        return SIMD4(first, second, third, fourth)
    }
}

import CKernels

/// The vector instructions that kernels are allowed to use. Part of the numeric class: convolutions of unlike sets sum in
/// unlike orders.
public enum InstructionSet: String, Sendable, CaseIterable, Codable {
    case avx2
    case avx512
    /// AVX-512 with products of bfloat16 numbers.
    case avx512bfloat16 = "avx512-bf16"

    /// The cap that the shim of oneDNN takes.
    var cap: Int32 {
        switch self {
        case .avx2: 1
        case .avx512: 2
        case .avx512bfloat16: 3
        }
    }

    var kernels: tributary_instruction_set { self == .avx2 ? TRIBUTARY_AVX2 : TRIBUTARY_AVX512 }
}

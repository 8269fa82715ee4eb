import COneDNN
import Foundation
import Tensors

/// The CPU engine: matrix products by oneDNN, convolutions by its own kernels where those are faster, else by oneDNN, and everything
/// else by fused loops.
///
/// A graph is compiled once. Images lie channels-last from end to end, so nothing is reordered between operations; weights are
/// packed once a step; element-wise chains and the sums over them are fused; all memory is planned in one arena. A run uses
/// one thread and allocates nothing.
public struct OneDNNEngine: Engine {
    public let instructionSet: InstructionSet

    /// Sets oneDNN up for this process.
    ///
    /// oneDNN fixes its instruction set for the whole process when the first kernel is made, so every engine of a process has
    /// the same one.
    /// - Parameters:
    ///   - instructionSet: The set to use, or nil for the best that this machine has for the precision.
    ///   - precision: Of the graphs to be compiled.
    /// - Throws: `EngineError` where the machine has no AVX2, lacks the set, or another one is in force.
    public init(instructionSet: InstructionSet? = nil, precision: Precision = .float32) throws {
        Self.clearInheritedSettings()
        let status = tributary_onednn_set_up(
            (instructionSet ?? (precision == .bfloat16 ? .avx512bfloat16 : .avx512)).cap)
        let inForce = InstructionSet.allCases.first { $0.cap == tributary_onednn_instruction_set() }
        guard let inForce else {
            throw EngineError("this processor has no AVX2, which the oneDNN engine needs")
        }
        if let instructionSet, instructionSet != inForce {
            let reason = status == 0 ? "this processor has only" : "this process has already begun to use"
            throw EngineError("the run needs \(instructionSet.rawValue) kernels, but \(reason) \(inForce.rawValue)")
        }
        self.instructionSet = inForce
    }

    /// Sets oneDNN up for a numeric class, as another process named it.
    ///
    /// - Throws: `EngineError` where this process cannot compute in it.
    public init(numericClass: String) throws {
        let set = InstructionSet.allCases.first { numericClass.hasSuffix("/\($0.rawValue)") }
        guard let set else {
            throw EngineError("the run computes with \(numericClass), which this build does not know")
        }
        try self.init(instructionSet: set)
        guard self.numericClass == numericClass else {
            throw EngineError("the run computes with \(numericClass), and this machine with \(self.numericClass)")
        }
    }

    /// E.g. `float32/oneDNN-2.6.3/avx512`.
    public var numericClass: String {
        let version = tributary_onednn_version()
        return "float32/oneDNN-\(version / 10000).\(version / 100 % 100).\(version % 100)/\(instructionSet.rawValue)"
    }

    public func compile(_ graph: Graph) throws -> any Executable { try compile(graph, own: instructionSet) }

    /// Compiles with the engine's own kernels for a set that the machine has, whichever oneDNN's are for, and with chunks of
    /// another size or memory that holds something from before.
    func compile(
        _ graph: Graph, own instructionSet: InstructionSet, bytesOfChunk: Int = Schedule.bytesOfChunk,
        filledWith filler: UInt8 = 0, usesOwnConvolutions: Bool = true
    ) throws -> any Executable {
        let rounds = graph.nodes.contains { $0.operation == .unary(.bfloat16) }
        guard !rounds || self.instructionSet == .avx512bfloat16 else {
            throw EngineError(
                "precision bf16 needs \(InstructionSet.avx512bfloat16.rawValue) kernels, and this process computes with "
                    + "\(self.instructionSet.rawValue)")
        }
        tributary_onednn_pin_thread()
        return try OneDNNExecutable(
            CompiledPlan(graph, bytesOfChunk: bytesOfChunk, usesOwnConvolutions: usesOwnConvolutions), instructionSet,
            filledWith: filler)
    }

    /// Variables that a user's shell may hold would choose other kernels and so other bits.
    private static func clearInheritedSettings() {
        for name in ProcessInfo.processInfo.environment.keys
        where name.hasPrefix("ONEDNN_") || name.hasPrefix("DNNL_") { unsafe unsetenv(name) }
    }
}

/// An engine that cannot do what was asked, in one sentence.
public struct EngineError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}

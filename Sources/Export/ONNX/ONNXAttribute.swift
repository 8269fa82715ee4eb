import Foundation
import SwiftProtobuf

/// A setting of an ONNX node.
struct ONNXAttribute {
    let message: Onnx_AttributeProto

    init(_ name: String, _ value: Int) {
        message = .with {
            $0.name = name
            $0.type = .int
            $0.i = Int64(value)
        }
    }

    init(_ name: String, _ value: Float) {
        message = .with {
            $0.name = name
            $0.type = .float
            $0.f = value
        }
    }

    init(_ name: String, _ value: String) {
        message = .with {
            $0.name = name
            $0.type = .string
            $0.s = Data(value.utf8)
        }
    }

    init(_ name: String, _ values: [Int]) {
        message = .with {
            $0.name = name
            $0.type = .ints
            $0.ints = values.map(Int64.init)
        }
    }
}

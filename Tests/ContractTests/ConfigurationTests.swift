import Contract
import Testing

@Suite struct ConfigurationTests {
    struct Network: Codable, Hashable {
        enum Layer: Codable, Hashable {
            case linear(width: Int, bias: Bool)
            case leakyReLU(slope: Float)

            enum CodingKeys: String, CodingKey, CaseIterable { case linear, leakyReLU }
        }
        var name: String
        var layers: [Layer]
        var rate: Double?
        var shape: [Int]
        var extents: [String: UInt8]
    }

    static let network = Network(
        name: "a\n\"b\" é", layers: [.linear(width: 3, bias: true), .leakyReLU(slope: 0.1)], rate: 1e-5, shape: [],
        extents: ["x": 255])

    @Test func aValueComesBackFromItsTree() throws {
        let node = try ConfigurationNode(encoding: Self.network)
        #expect(try node.decode(Network.self) == Self.network)
        #expect(try #require(ConfigurationNode(json: node.description)).decode(Network.self) == Self.network)
        #expect(node["layers"]?.description == #"[{"linear":{"bias":true,"width":3}},{"leakyReLU":{"slope":0.1}}]"#)
    }

    @Test(arguments: [
        (#""laers":[]"#, "the key laers is unknown; did you mean layers?"),
        (#""layers":[],"rat":1"#, "the key rat is unknown; did you mean rate?"),
        (#""layers":[],"zzzzzz":1"#, "the key zzzzzz is unknown; known are extents, layers, name, rate, shape"),
        (#""layers":[{"liner":{}}]"#, "layers[0]: the key liner is unknown; did you mean linear?"),
        (#""layers":[{"pool":{}}]"#, "layers[0]: the key pool is unknown; known are leakyReLU, linear"),
        (
            #""layers":[{"linear":{"widht":1,"bias":true}}]"#,
            "layers[0].linear: the key widht is unknown; did you mean width?"
        ),
        (
            #""layers":[{"linear":{"width":1.5,"bias":true}}]"#,
            "layers[0].linear.width: expected a whole number, got 1.5"
        ),
        (#""layers":{}"#, "layers: expected a list, got a group of keys"),
        (#""layers":[],"rate":"x""#, "rate: expected a number, got \"x\""),
        (#""none":1"#, "the key layers is missing"),
    ])
    func problemsNameThePathAndTheNearestKey(_ json: String, _ expected: String) throws {
        let node = try #require(ConfigurationNode(json: #"{"name":"n","shape":[],"extents":{},"# + json + "}"))
        let problem = #expect(throws: ConfigurationProblem.self) { try node.decode(Network.self) }
        #expect(problem?.description == expected)
    }

    @Test func integersOutsideTheirTypeAreRefused() throws {
        let node = ConfigurationNode.dictionary(["x": .integer(256)])
        let problem = #expect(throws: ConfigurationProblem.self) { try node.decode([String: UInt8].self) }
        #expect(problem?.description == "x: expected a number from 0 to 255, got 256")
    }

    @Test(arguments: [
        "", "{", "[1,]", "{\"a\":}", "nul", "01x", "\"\\x\"", "\"\\ud800\"", "[1] 2", "{\"a\":1,\"a\":2}", "+1",
        "1e999",
        String(repeating: "[", count: 100_000),
    ])
    func otherTextIsNoJSON(_ text: String) {
        #expect(ConfigurationNode(json: text) == nil)
    }

    /// Whoever sends a contract chooses how much a worker builds of it.
    @Test func jsonHasLimits() {
        let list = { (count: Int) in "[" + Array(repeating: "1", count: count).joined(separator: ",") + "]" }
        #expect(ConfigurationNode(json: list(99_999)) != nil)
        #expect(ConfigurationNode(json: list(100_000)) == nil)
        #expect(ConfigurationNode(json: String(repeating: " ", count: (4 << 20) - 1) + "1") == .integer(1))
        #expect(ConfigurationNode(json: String(repeating: " ", count: 4 << 20) + "1") == nil)
        let nested = { (depth: Int) in String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
        #expect(ConfigurationNode(json: nested(64)) != nil && ConfigurationNode(json: nested(65)) == nil)
    }

    @Test func jsonReadsAsItsValues() {
        let text = #" { "a" : [ 1 , -2.5e1, true, null ], "b\u00e9\ud83d\ude00\/" : "x\ty" } "#
        let expected = ConfigurationNode.dictionary([
            "a": .array([.integer(1), .integer(-25), .boolean(true), .null]), "bé😀/": .string("x\ty"),
        ])
        #expect(ConfigurationNode(json: text) == expected)
        #expect(ConfigurationNode(json: expected.description) == expected)
    }
}

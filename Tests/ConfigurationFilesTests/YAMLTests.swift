import Contract
import Testing

@testable import ConfigurationFiles

@Suite struct YAMLTests {
    private func node(_ text: String) throws -> ConfigurationNode {
        try YAML.document(Array(text.utf8), file: "a.yaml").node
    }

    private func sentence(_ text: String) -> String? {
        #expect(throws: UsageProblem.self) { try node(text) }?.description
    }

    // MARK: - What costs too much

    /// Ten groups, each of nine times the one before: 10⁹ values, which a parser that copied or compared them would need hours for.
    @Test(arguments: ["e: [*x8, *x8, *x8, *x8]", "? *x8\n: 1", "? [*x8, *x8]\n: 1", "{*x8: 1, *x7: 2}"])
    func aliasesAreCountedBeforeTheyAreFollowed(_ last: String) {
        let groups = (1...8).map { "- &x\($0) [\(Array(repeating: "*x\($0 - 1)", count: 9).joined(separator: ", "))]" }
        let text = "- &x0 1\n" + groups.joined(separator: "\n") + "\n- " + last.replacing("\n", with: "\n  ")
        #expect(text.utf8.count < 600)
        #expect(
            sentence(text)
                == "a.yaml stands for more than 10000 values, aliases (*name) written out: no configuration needs so many"
        )
    }

    @Test func valuesAndDepthHaveTheirLimits() throws {
        let values = { (count: Int) in "[" + Array(repeating: "1", count: count).joined(separator: ",") + "]" }
        #expect(try node(values(9_999)) == .array(Array(repeating: .integer(1), count: 9_999)))
        #expect(sentence(values(10_000))?.contains("more than 10000 values") == true)
        let nested = { (depth: Int) in String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
        _ = try node(nested(64))
        #expect(sentence(nested(65)) == "a.yaml is nested more than 64 deep (line 1, column 65)")
        for depth in [1_000, 5_000, 100_000] {
            #expect(sentence(nested(depth))?.hasPrefix("a.yaml is nested more than 64 deep") == true)
        }
        #expect(sentence(String(repeating: "- ", count: 10_000) + "1")?.hasPrefix("a.yaml is n") == true)
    }

    // MARK: - Writing

    @Test(arguments: [
        "2019", "-1", "on", "no", "true", "null", "~", "", "1e3", "0x10", ".inf", ".nan", "1_000", "0o17", "1:30",
        "*a", "&a", "!a", "a: b", "# a", "two\nlines", "'", "\"", "-", "?", "é", " a ",
    ])
    func textsStayTexts(_ text: String) throws {
        let tree = ConfigurationNode.dictionary(["a": .string(text), text: .array([.string(text), .integer(3)])])
        #expect(try node(YAML.text(tree)) == tree)
    }

    // MARK: - Aliases

    @Test func anAliasStandsForWhatItsAnchorNamed() throws {
        let text = """
            first: &block [linear: {units: &n 4}, relu]
            second: *block
            third: [*n, *block, *n]
            """
        let block = ConfigurationNode.array([
            .dictionary(["linear": .dictionary(["units": .integer(4)])]), .string("relu"),
        ])
        #expect(
            try node(text)
                == .dictionary(["first": block, "second": block, "third": .array([.integer(4), block, .integer(4)])]))
    }

    @Test func starsElsewhereAreStars() throws {
        let text = """
            a: 2 * 3  # ***
            b: "*quoted"
            'c*': '*'
            d: |
              * one
            """
        #expect(
            try node(text)
                == .dictionary([
                    "a": .string("2 * 3"), "b": .string("*quoted"), "c*": .string("*"), "d": .string("* one"),
                ]))
        #expect(sentence("a*: 1\na*: 2")?.contains("`a*` appears twice") == true)
    }

    @Test(arguments: ["a: *b", "a: &b [*b]", "a: *b\nc: &b 1"])
    func anAliasOfNothingIsNamed(_ text: String) {
        #expect(
            sentence(text)?.hasPrefix("a.yaml: `*b` stands for nothing, as no `&b` comes before it (line 1,") == true)
    }

    @Test(arguments: ["- &b 1\n- {*b : 2}", "? [1]\n: 2"])
    func aKeyIsAWord(_ text: String) {
        #expect(sentence(text)?.contains("a key is not a word (line ") == true)
    }

    // MARK: - What editors do

    @Test func aByteOrderMarkIsNothing() throws {
        #expect(
            try YAML.document([0xEF, 0xBB, 0xBF] + Array("a: 1\r\nb: 2\r\n".utf8), file: "a").node == node("a: 1\nb: 2")
        )
        #expect(
            #expect(throws: UsageProblem.self) { try YAML.document([0xFF, 0xFE, 0x61, 0], file: "a") }?.description
                .hasPrefix("a is not text in UTF-8; ") == true)
    }

    @Test(arguments: [
        "a: 1\nb:\n\tc: 1", "a: 1\nb:\n  - relu\n\t- tanh", "a: 1\nb:\n\t- 1", "a: 1\r\nb:\r\n  \tc: 1",
        "a: 1\nb: relu\n \t tanh\nc: 2",
    ])
    func aTabThatIndentsIsNamedWithItsLine(_ text: String) {
        let number = text.split(whereSeparator: \.isNewline).firstIndex { $0.contains("\t") }! + 1
        #expect(sentence(text) == "a.yaml is not YAML: line \(number) is indented by a tab; indent it by spaces")
    }

    @Test func tabsWhereTheyMeanNothingAreFine() throws {
        #expect(try node("{\n\t\"a\": [\n\t\t1,\n\t\t\"b\"\n\t]\n}") == node("a: [1, b]"))
        #expect(try node("a:\t1\t# one") == node("a: 1"))
    }
}

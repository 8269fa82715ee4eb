import Web

/// Looks at the heads of requests before anything else of them is read: who asks, and how much may follow.
public struct Admission: Sendable {
    private let rule: AccessRule
    private let codeCount: Int

    /// - Parameter codeCount: How many numbers a code has.
    public init(_ rule: AccessRule, codeCount: Int) {
        self.rule = rule
        self.codeCount = codeCount
    }

    /// - Returns: The most bytes that may follow.
    /// - Throws: `Refusal`.
    public func admit(_ head: RequestHead) throws(Refusal) -> Int {
        try rule.check(head, isPage: Page.part(head.path) != nil)
        return Explorer.mostBytes(behind: head.path, codeCount: codeCount)
    }
}

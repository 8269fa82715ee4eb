import Foundation
import Testing

@Suite struct TutorialTests {
    /// It writes into the working directory, which a process has only one of.
    @Test(.enabled(if: Program.isBuilt)) func theProgramOfTheArticleRuns() async throws {
        let folder = try FolderOfFaces()
        let path = folder.path
        await #expect(processExitsWith: .success) { [path = path as String] in
            #expect(FileManager.default.changeCurrentDirectoryPath(path))
            try await runTutorial()
        }
        for name in ["way.png", "samples.png", "runs/faces/config.yaml"] { #expect(folder.holds(name)) }
    }

    @Test func theArticleShowsThatProgram() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let article = try lines(root.appendingPathComponent("Sources/Tributary/Tributary.docc/Programs.md"))
        let program = try lines(
            URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Tutorial.swift"))
        let shown = article.split { $0.hasPrefix("```") }.enumerated().filter { $0.offset % 2 == 1 }
            .map { Array($0.element) }.filter { $0.first != "// Package.swift" }.flatMap(\.self)
        let body = program.drop { !$0.hasPrefix("func ") }.dropFirst().prefix { $0 != "}" }
        #expect(!shown.isEmpty)
        #expect(
            shown.filter { !$0.isEmpty } == ["import Tributary"]
                + body.filter { !$0.isEmpty }.map { String($0.dropFirst(4)) })
    }

    private func lines(_ file: URL) throws -> [String] {
        try String(contentsOf: file, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false).map(
            String.init)
    }
}

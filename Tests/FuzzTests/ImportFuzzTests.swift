import Files
import Foundation
import Ingest
import Pictures
import Testing

/// Sources of images that were good once, through the importer: images or a sentence each, soon, in little memory.
@Suite(.serialized) struct ImportFuzzTests {
    @Test func aMutatedSourceGivesImagesOrASentence() async {
        let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
            var mutator = Mutator(seed: FuzzPlan.seed &+ 6)
            let bench = try ImportBench()
            defer { bench.remove() }
            let samples = try ImportSamples.all()
            var endings: [Bool: Int] = [:]
            for number in 0..<FuzzPlan.sources {
                let sample = samples[number % samples.count]
                let bytes = mutator.mutated(sample.files[sample.mutated]!, from: sample.head)
                let isImported = try bench.isImported(sample, bytes)
                endings[isImported, default: 0] += 1
            }
            require(endings[true, default: 0] > 0 && endings[false, default: 0] > 0, "\(endings)")
            bench.checkMemory()
        }
        #expect(result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } == "")
    }

    /// libmatio crashes on some files, so what a process of its own survives must be harmless here.
    @Test func aMutatedMATLABFileGivesImagesOrASentence() async {
        let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
            var mutator = Mutator(seed: FuzzPlan.seed &+ 7)
            let bench = try ImportBench()
            defer { bench.remove() }
            var endings: [Bool: Int] = [:]
            for number in 0..<FuzzPlan.files {
                let sample = ImportSamples.matrices[number % ImportSamples.matrices.count]
                let isImported = try bench.isImported(sample, mutator.mutated(sample.files[sample.mutated]!, from: 128))
                endings[isImported, default: 0] += 1
            }
            require(endings[true, default: 0] > 0 && endings[false, default: 0] > 0, "\(endings)")
            bench.checkMemory()
        }
        #expect(result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } == "")
    }
}

/// Files that can be imported, and which of them is to be changed.
struct ImportSample {
    let files: [String: [UInt8]]
    let mutated: String
    /// What is imported: a file's name, or nothing for the folder.
    let name: String
    /// Where changes begin, as a rule.
    let head: Int
    /// Puts changed bytes into what holds them, with checksums that fit.
    let wrap: @Sendable ([UInt8]) -> [UInt8]

    init(
        _ files: [String: [UInt8]], mutating mutated: String, importing name: String = "", from head: Int = 0,
        within wrap: @escaping @Sendable ([UInt8]) -> [UInt8] = { $0 }
    ) {
        self.files = files
        self.mutated = mutated
        self.name = name
        self.head = head
        self.wrap = wrap
    }
}

/// A folder to import from and to.
private struct ImportBench {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path

    init() throws { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false) }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }

    /// Imports a sample with other bytes: true where that went well.
    func isImported(_ sample: ImportSample, _ bytes: [UInt8]) throws -> Bool {
        let source = "\(folder)/source"
        try? FileManager.default.removeItem(atPath: source)
        for (name, good) in sample.files {
            let path = URL(fileURLWithPath: "\(source)/\(name)")
            try FileManager.default.createDirectory(
                at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(name == sample.mutated ? sample.wrap(bytes) : good).write(to: path)
        }
        let start = ContinuousClock.now
        defer {
            let took = ContinuousClock.now - start
            require(took < .seconds(10), "\(sample.mutated) took \(took)")
        }
        do {
            let found = try ImageImport(
                sample.name.isEmpty ? source : "\(source)/\(sample.name)", scratch: folder,
                requireSafeMatrices: requireSafe)
            _ = try found.write(to: UnfinishedFile("\(folder)/a.h5", replacing: true))
            return true
        } catch {
            let sentence = "\(error)"
            require(!sentence.isEmpty && sentence.utf8.count < 8_192, sentence)
            let left = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".tmp") }
            require(left.isEmpty, "\(left) is left")
            return false
        }
    }

    private func requireSafe(_ path: String) throws {
        let process = Process()
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        process.executableURL = URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent(
            "tributary")
        process.arguments = ["check-file", "matrices", path]
        (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
        try process.run()
        process.waitUntilExit()
        struct Unsafe: Error {}
        if process.terminationReason != .exit || process.terminationStatus != 0 { throw Unsafe() }
    }

    /// The most memory that this process had at once.
    func checkMemory() {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        require(usage.ru_maxrss < 1 << 20, "\(usage.ru_maxrss) KB of memory")
    }
}

/// Ends the process with a word about why: an optimized precondition has none.
private func require(_ holds: Bool, _ problem: @autoclosure () -> String) {
    guard !holds else { return }
    FileHandle.standardError.write(Data("\(problem())\n".utf8))
    exit(1)
}

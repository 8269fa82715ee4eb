// swift-tools-version: 6.2
import PackageDescription

// Whose files include each other's.
let kernelFolders = ["Shared", "Loops", "Products", "Convolutions", "WeightGradients"]

// The layers of docs/architecture.md, bottom first. Every arrow reads "imports"; nothing points up.
// `scripts/check-imports` proves that the sources import only what is declared here.
let package = Package(
    name: "tributary",
    products: [
        .executable(name: "tributary", targets: ["tributary"]),
        .library(name: "Tributary", targets: ["Tributary"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
    ],
    targets: [
        // C libraries from Debian, and the C that stands between them and Swift.
        .systemLibrary(
            name: "CZeroMQ", pkgConfig: "libzmq", providers: [.apt(["libzmq3-dev"])]),
        .systemLibrary(
            name: "CHDF5", pkgConfig: "hdf5-serial", providers: [.apt(["libhdf5-dev"])]),
        .systemLibrary(name: "CWebP", pkgConfig: "libwebp", providers: [.apt(["libwebp-dev"])]),
        .systemLibrary(name: "CZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"])]),
        .systemLibrary(
            name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
        .systemLibrary(name: "CMatio", pkgConfig: "matio", providers: [.apt(["libmatio-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(
            name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CFloatEnvironment"),
        .systemLibrary(name: "CSharedMemory"),
        .systemLibrary(name: "CCores"),
        .systemLibrary(name: "CFiles"),
        // libjpeg and libpng, whose errors jump.
        .target(name: "CPictures", linkerSettings: [.linkedLibrary("jpeg"), .linkedLibrary("png")]),
        .target(name: "COneDNN", linkerSettings: [.linkedLibrary("dnnl")]),
        .target(
            name: "CKernels",
            // No contraction: a fused multiply-add changes bits, so each one is written out.
            // No errno: it keeps square roots from vectorising and changes no value.
            cSettings: kernelFolders.map { .headerSearchPath($0) } + [
                .unsafeFlags(["-O3", "-ffp-contract=off", "-fno-math-errno"])
            ]),

        .target(
            name: "COptimizer",
            // As above. The machine's best instructions are chosen when it runs.
            cSettings: [.unsafeFlags(["-O3", "-ffp-contract=off", "-fno-math-errno"])]),

        // Leaves.
        .target(name: "Randomness"),
        .target(name: "Settings"),
        .target(name: "WallTime"),
        .target(name: "Web", dependencies: [.product(name: "FlyingSocks", package: "FlyingFox")]),
        .target(name: "Fitting", dependencies: ["Randomness"]),
        .target(name: "Launching"),
        .target(name: "FloatEnvironment", dependencies: ["CFloatEnvironment"]),
        .target(name: "Parallel", dependencies: ["CCores"]),
        .target(name: "Files", dependencies: ["CFiles", "Parallel"]),
        .target(name: "Hashing", dependencies: ["CCrypto"]),
        .target(name: "Archives", dependencies: ["CZip", "CZlib", "CArchive", "Files"]),
        .target(name: "Messaging", dependencies: ["CZeroMQ", "CSharedMemory", "Files"]),
        .target(name: "Optimizer", dependencies: ["COptimizer"]),
        .target(name: "Storage", dependencies: ["CHDF5", "CZlib"]),
        .target(name: "Matrices", dependencies: ["CMatio", "CZlib"]),
        .target(name: "Pictures", dependencies: ["CPictures", "CWebP", "CZlib"]),

        // Mathematics.
        .target(name: "Tensors", dependencies: ["Randomness"]),
        .target(name: "Contract", dependencies: ["Randomness", "FloatEnvironment"]),
        .target(name: "VAE", dependencies: ["Tensors", "Randomness", "Settings"]),
        .target(name: "OneDNN", dependencies: ["Tensors", "COneDNN", "CKernels"]),

        // The system.
        .target(
            name: "Ingest",
            dependencies: [
                "Storage", "Pictures", "Archives", "Matrices", "Randomness", "Hashing", "Files", "Parallel",
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ], exclude: ["Generated/records.proto"]),
        .target(
            name: "Training",
            dependencies: [
                "VAE", "Tensors", "Contract", "Storage", "Pictures", "Hashing", "Randomness", "Settings",
                "FloatEnvironment", "Files", "Parallel", "Optimizer",
            ]),
        .target(name: "Coordination", dependencies: ["Contract", "Randomness"]),
        .target(
            name: "Cluster",
            dependencies: [
                "Coordination", "Training", "Messaging", "Contract", "Tensors", "VAE", "Hashing", "Files", "Parallel",
                "WallTime",
                .product(name: "Logging", package: "swift-log"),
            ]),
        // A run's numbers for Prometheus.
        .target(name: "Monitoring", dependencies: ["Cluster", "Web", "Files"]),
        .target(
            name: "ConfigurationFiles",
            dependencies: ["Training", "VAE", "Contract", "Settings", "Files", .product(name: "Yams", package: "Yams")]),
        .target(
            name: "Export",
            dependencies: [
                "Training", "VAE", "Tensors", "Contract", "Hashing",
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ], exclude: ["Generated/onnx.proto"]),
        .target(name: "Performance", dependencies: ["Tensors"]),
        // The page of `tributary explore`, which becomes part of the program.
        .target(
            name: "Explore",
            dependencies: [
                "Training", "VAE", "Tensors", "Contract", "Fitting", "Pictures", "Web",
            ],
            resources: [.embedInCode("Page")]),
        // What others look at a run with.
        .target(
            name: "Boards",
            dependencies: [
                "Training", "Contract", "Pictures", "Files", "Hashing", "WallTime",
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ], exclude: ["Generated/event.proto"]),
        .target(name: "Reports", dependencies: ["Training", "Contract", "Pictures"]),
        // The library for Swift programs; the command line reads image files through it.
        .target(
            name: "Tributary",
            dependencies: [
                "Cluster", "ConfigurationFiles", "Ingest", "OneDNN", "Training", "VAE", "Pictures", "Hashing", "Files",
            ]),
        .executableTarget(
            name: "tributary",
            dependencies: [
                "Tributary",
                "Boards", "Explore", "Export", "Reports", "Monitoring", "Web", "WallTime", "ConfigurationFiles",
                "Performance", "Cluster",
                "Coordination",
                "Ingest", "OneDNN",
                "Training", "VAE",
                "Tensors", "Fitting", "Launching", "Randomness", "Pictures", "Contract", "Hashing", "Files",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        // What scripts/bench measures with; not installed.
        .executableTarget(
            name: "benchmark",
            dependencies: [
                "ConfigurationFiles", "Performance", "OneDNN", "Cluster", "Training", "Contract", "VAE", "Tensors",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ], path: "Tests/Tools/benchmark"),

        // What scripts/chaos breaks real processes with, and free ports for tests; not installed.
        .target(name: "FaultyNetwork", path: "Tests/Tools/FaultyNetwork"),
        .executableTarget(
            name: "chaos",
            dependencies: [
                "FaultyNetwork", "Training", "Contract", "Tensors", "VAE", "Hashing", "Files",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], path: "Tests/Tools/chaos"),

        // Repeatable numbers for tests of several targets.
        .target(name: "SeededRandomness", path: "Tests/Support/SeededRandomness"),
        .testTarget(name: "RandomnessTests", dependencies: ["Randomness"]),
        .testTarget(name: "LaunchingTests", dependencies: ["Launching"]),
        .testTarget(name: "FittingTests", dependencies: ["Fitting", "Randomness"]),
        .testTarget(name: "FilesTests", dependencies: ["FilesTestSupport", "Files", "Parallel"]),
        .testTarget(name: "ParallelTests", dependencies: ["Parallel"]),
        .testTarget(name: "OptimizerTests", dependencies: ["Optimizer"]),
        .testTarget(name: "HashingTests", dependencies: ["Hashing"]),
        .testTarget(name: "ArchivesTests", dependencies: ["Archives"]),
        .testTarget(name: "MessagingTests", dependencies: ["Messaging", "FaultyNetwork"]),
        .testTarget(name: "StorageTests", dependencies: ["Storage"]),
        .testTarget(name: "PicturesTests", dependencies: ["Pictures"]),
        .testTarget(name: "TensorsTests", dependencies: ["Tensors", "Randomness", "SeededRandomness"]),
        .testTarget(name: "ContractTests", dependencies: ["Contract", "Randomness"]),
        .testTarget(
            name: "VAETests", dependencies: ["VAE", "Tensors", "Settings", "Hashing", "Randomness", "SeededRandomness"]),
        .testTarget(name: "OneDNNTests", dependencies: ["OneDNN", "Tensors", "Randomness", "VAE"]),
        // Small sources of the kinds that people bring, for tests of several targets.
        .target(name: "SourceSamples", dependencies: ["Pictures"], path: "Tests/Support/SourceSamples"),
        .testTarget(
            name: "IngestTests",
            dependencies: ["SourceSamples", "Ingest", "Storage", "Pictures", "Archives", "Files", "Hashing"]),
        // Disks that fail in tests of several targets.
        .target(name: "FilesTestSupport", dependencies: ["Files"], path: "Tests/Support/FilesTestSupport"),
        // What tests of several targets train: tiny networks on keyed random images.
        .target(
            name: "TrainingTestSupport", dependencies: ["Training", "VAE", "Tensors", "Randomness"],
            path: "Tests/Support/TrainingTestSupport"),
        .testTarget(
            name: "TrainingTests",
            dependencies: [
                "TrainingTestSupport", "FilesTestSupport", "Optimizer",
                "Training", "VAE", "Tensors", "OneDNN", "Contract", "Storage", "Files", "Hashing", "Pictures",
            ]),
        .testTarget(
            name: "ConfigurationFilesTests",
            dependencies: ["ConfigurationFiles", "Contract", "Settings", "Training", "VAE", "Tensors"]),
        .testTarget(name: "CoordinationTests", dependencies: ["Coordination", "Contract", "SeededRandomness"]),
        // The real decisions under a simulated network, clock and disk; `scripts/simulate` runs `simulate`.
        .target(
            name: "Simulator",
            dependencies: [
                "Cluster", "Coordination", "Training", "VAE", "Tensors", "Contract", "Hashing", "Files",
            ], path: "Tests/Tools/Simulator"),
        .executableTarget(
            name: "simulate",
            dependencies: ["Simulator", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            path: "Tests/Tools/simulate"),
        // Gradient estimators beside the exact gradient; `scripts/experiments/run estimators` runs it.
        .executableTarget(
            name: "estimators",
            dependencies: [
                "VAE", "Tensors", "Pictures", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tests/Tools/estimators"),
        // What is exported in tests and in the check against other programs.
        .target(name: "ExportSamples", dependencies: ["Training", "VAE"], path: "Tests/Support/ExportSamples"),
        .testTarget(
            name: "ExportTests",
            dependencies: [
                "ExportSamples", "Export", "Training", "VAE", "Tensors",
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ]),
        // Exports with what Tributary makes of some inputs; `scripts/test export` compares other programs with it.
        .executableTarget(
            name: "exports",
            dependencies: [
                "ExportSamples", "Export", "Training", "VAE", "Tensors", "OneDNN", "Randomness",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tests/Tools/exports"),
        .testTarget(name: "SimulatorTests", dependencies: ["Simulator", "Coordination"]),
        .testTarget(
            name: "ClusterTests",
            dependencies: [
                "TrainingTestSupport", "FilesTestSupport", "FaultyNetwork",
                "Cluster", "Coordination", "Training", "Messaging", "Contract", "Tensors", "VAE", "Randomness",
                "Hashing", "Files", "Parallel", .product(name: "Logging", package: "swift-log"),
            ]),
        .testTarget(
            name: "BoardsTests",
            dependencies: [
                "Boards", "TrainingTestSupport", "FilesTestSupport", "Training", "Contract", "Pictures", "Files",
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ]),
        .testTarget(name: "ReportsTests", dependencies: ["Reports", "Training", "Contract", "Pictures"]),
        .testTarget(name: "WebTests", dependencies: ["Web", "Randomness"]),
        .testTarget(name: "MonitoringTests", dependencies: ["Monitoring", "Cluster", "Web"]),
        .testTarget(name: "PerformanceTests", dependencies: ["Performance", "OneDNN", "Tensors", "VAE"]),
        .testTarget(
            name: "ExploreTests",
            dependencies: [
                "Explore", "Web", "TrainingTestSupport", "Training", "Tensors", "VAE", "Contract", "Pictures",
                "Randomness",
                .product(name: "FlyingSocks", package: "FlyingFox"),
            ]),
        .testTarget(name: "TributaryTests", dependencies: ["Tributary"]),
        .testTarget(name: "CommandTests", dependencies: ["tributary", "Storage"], exclude: ["Files"]),
        // Everything that reads what others wrote, against bytes that were good once; scripts/fuzz runs it for as long as asked.
        .testTarget(
            name: "FuzzTests",
            dependencies: [
                "tributary", "TrainingTestSupport", "SeededRandomness", "SourceSamples", "FaultyNetwork",
                "Cluster", "Coordination", "Contract", "Export", "Files", "Ingest", "Pictures", "Messaging", "Storage",
                "Tensors", "Training",
                .product(name: "Logging", package: "swift-log"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)

// Settings for every Swift target of ours. Strict memory safety makes each unsafe expression say so
// with the keyword `unsafe`; only the targets that import C may contain it.
let ours = package.targets.filter { $0.type == .regular || $0.type == .executable || $0.type == .test }
for target in ours where !["COneDNN", "CKernels", "COptimizer", "CPictures"].contains(target.name) {
    target.swiftSettings =
        (target.swiftSettings ?? []) + [
            .enableUpcomingFeature("ExistentialAny"),  // SE-0335: an existential says `any`
            .enableUpcomingFeature("MemberImportVisibility"),  // SE-0444: members come from direct imports
            .treatAllWarnings(as: .error),
        ]
    if target.type != .test {
        target.swiftSettings? += [.strictMemorySafety()]  // SE-0458
    }
}

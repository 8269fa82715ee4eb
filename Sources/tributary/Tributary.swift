// tributary: the command line.
//
// A command is one file in `Commands`, which reads its arguments, calls a library and prints. `Options` are arguments that several commands have,
// `Stored` reads runs and images for them, `Terminal` says what happens.

import ArgumentParser
import ConfigurationFiles
import Files
import Foundation

/// The command line: every other target's abilities under plain names.
@main
struct Tributary: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tributary",
        abstract: "Trains variational autoencoders across machines: the same bits on any cluster, through any failure.",
        discussion: """
            A coordinator shards an HDF5 dataset to workers, which compute minibatch gradients of the ELBO. The trained \
            parameters depend on the run's contract alone, never on how many workers there were or which of them died.

            A first run, from nothing:
              tributary data synthesize faces --count 4000 --out faces.h5
              tributary train --preset face-64 --data faces.h5 --out runs/faces \\
                --workers 2 --epochs 5
              tributary sample --checkpoint runs/faces --out samples.png

            `tributary help configuration` prints every key of a configuration file.

            Exit codes: 0 when it is done, 1 after an error that a sentence tells, 64 when it is used wrongly. The helps of train, \
            coordinator, worker and verify-run name others.
            """,
        version: "0.1.0",
        subcommands: [
            DataCommand.self, Train.self, Coordinate.self, Work.self, KeysCommand.self, LaunchCommand.self,
            CheckpointCommand.self,
            VerifyRun.self, Sample.self, Reconstruct.self,
            Interpolate.self, AttributeCommand.self, LatentsCommand.self, Embed.self, ExploreCommand.self,
            Evaluate.self, Classify.self, StatusCommand.self, MetricsCommand.self, CompareCommand.self,
            ReportCommand.self, ExportCommand.self, ImportWeights.self, PresetCommand.self, CheckFile.self,
        ])

    /// Where the size of files is limited, writing beyond fails as on a full disk, instead of ending the process.
    static func main() {
        signal(SIGXFSZ, SIG_IGN)
        do {
            try OpenFiles.require(64)
            var command = try Arguments(CommandLine.arguments.dropFirst()).command()
            do {
                try command.run()
            } catch let error as ValidationError {
                throw Misuse(command: type(of: command), error: error)
            }
        } catch {
            end(with: error)
        }
    }

    /// Prints what ends the program, be it an error or a help that was asked for, and ends it.
    private static func end(with error: any Error) -> Never {
        if let problems = error as? ConfigurationProblems, problems.sentences.count > 1 {
            for sentence in problems.sentences { Terminal.standardError.line(sentence.printableLine) }
        }
        let misuse = error as? Misuse
        let code = exitCode(for: misuse?.error ?? error)
        let text = misuse?.text ?? fullMessage(for: error)
        switch code {
        case _ where text.isEmpty: break
        case .success: print(text)
        // With the usage behind it.
        case .validationFailure: Terminal.standardError.line(text)
        default: Terminal.standardError.line(text.printableLine)
        }
        Foundation.exit(code.rawValue)
    }
}

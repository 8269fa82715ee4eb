import ArgumentParser
import Cluster
import ConfigurationFiles
import Contract
import Explore
import Foundation
import OneDNN
import Training
import Web

struct ExploreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explore", abstract: "Serves a page to play with a trained model in a browser.",
        discussion: """
            Examples:
              tributary explore runs/faces --data faces.h5
              tributary explore runs/faces --data faces.h5 --port 9000
              tributary explore runs/faces --listen 0.0.0.0

            Sliders move through the latents, and each change is decoded at once. With --data there are examples to begin from and to \
            mix, a map of their codes, and a slider for each attribute that the file names. The page follows a run that goes on.

            Only this machine can open the page, unless --listen names another address: then whoever has the address with its token \
            can. Nothing is encrypted; on a network that others share, leave --listen out and use `ssh -L 8080:localhost:8080`.

            The address goes to the standard output. Ctrl-C ends it.
            """)

    @Argument(help: ArgumentHelp("A run directory, or a checkpoint.", valueName: "run"), completion: .file())
    var path: String
    @Option(help: "The image file that examples, directions and attributes come from.", completion: .file())
    var data: String?
    @OptionGroup(title: "How the image file is read") var reading: DataOptions
    @Option(help: "The port; 0 for one that is free.") var port = 8080
    @Option(help: "An address of this machine that others can reach, or 0.0.0.0 for all of them.") var listen: String?
    @Option(help: "The token that others need, 16 characters at least (default: one drawn at random).")
    var token: String?
    @OptionGroup var chosen: WeightsOption

    func validate() throws {
        guard (0...65535).contains(port) else { throw ValidationError("--port is from 0 to 65535, not \(port)") }
        guard let token else { return }
        guard listen != nil else { throw ValidationError("--token is for --listen: this machine needs none") }
        guard (16...256).contains(token.utf8.count), token.utf8.allSatisfy(Self.isPlain) else {
            throw ValidationError("--token is 16 to 256 letters, digits, hyphens and underscores")
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (97...122).contains(byte | 32) || (48...57).contains(byte) || byte == 45 || byte == 95
    }

    func run() throws {
        let checkpoint = try CheckpointCommand.read(path)
        let weights = try chosen.weights(of: checkpoint)
        let model = try ImageModel(checkpoint, engine: OneDNNEngine(), weights: weights)
        try Unexplorable.check(model.program.configuration.model)
        let server = try WebServer(address: listen ?? "127.0.0.1", port: UInt16(port))
        let surveyed = try SurveyedImages(data, reading, model)
        let explorer = try Explorer(
            RunFiles.explored(path, surveyed.examples, surveyed.fitting), checkpoint, surveyed.survey,
            engine: OneDNNEngine(),
            weights: weights)
        try serve(server, explorer, codeCount: model.codeCount)
    }

    private func serve(_ server: WebServer, _ explorer: Explorer, codeCount: Int) throws {
        let token = token ?? Self.randomToken()
        let rule =
            listen == nil ? AccessRule.loopback : .token(token, names: [ProcessInfo.processInfo.hostName] + [listen!])
        let signals = Interruption.signals
        let serving = Serving {
            try await server.run(Admission(rule, codeCount: codeCount).admit) { await explorer.answer($0) }
        }
        try output(address(of: server, token))
        Terminal.standardError.line("open that address in a browser; Ctrl-C ends this")
        while signals.reason == nil { try serving.wait(.milliseconds(100)) }
        serving.cancel()
    }

    /// The token stands where browsers keep it to themselves and the page.
    private func address(of server: WebServer, _ token: String) -> String {
        let port = server.port.map(Int.init) ?? self.port
        guard let listen else { return "http://127.0.0.1:\(port)/" }
        let host = ["0.0.0.0", "::"].contains(listen) ? ProcessInfo.processInfo.hostName : listen
        return "http://\(host.contains(":") ? "[\(host)]" : host):\(port)/#\(token)"
    }

    /// 128 random bits.
    private static func randomToken() -> String {
        (0..<2).map { _ in
            let digits = String(UInt64.random(in: .min ... .max), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}

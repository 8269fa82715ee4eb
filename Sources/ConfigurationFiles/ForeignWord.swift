import Contract

/// Words of other tools' configurations for what is no single key here.
struct ForeignWord: Sendable {
    let words: [String]
    /// The keys that say it here.
    let meant: [String]
    /// What to do instead, for the value that stands there.
    let remedy: @Sendable (ConfigurationNode) -> String

    private init(_ words: [String], meant: [String] = [], _ remedy: @escaping @Sendable (ConfigurationNode) -> String) {
        self.words = words
        self.meant = meant
        self.remedy = remedy
    }

    private init(_ words: [String], meant: [String] = [], _ remedy: String) {
        self.init(words, meant: meant) { _ in remedy }
    }

    static let all = [
        ForeignWord(
            ["batch_size", "batchsize", "train_batch_size", "global_batch_size", "batch", "bs"],
            meant: ["shards", "microbatch"], batch),
        ForeignWord(
            ["img_size", "image_size", "input_size", "resolution", "patch_size"], meant: ["height", "width"],
            "sizes are model.images.height and model.images.width here"),
        ForeignWord(
            ["hidden_dims", "hidden_dim", "hidden_sizes", "hidden_size", "layers", "n_layers", "num_layers"],
            "layers are listed one by one in model.encoder and model.decoder, as `tributary preset face --size 64x64x3` shows"
        ),
        ForeignWord(
            ["num_workers", "workers", "n_workers"], "workers are no part of a configuration: say --workers N"),
        ForeignWord(
            ["device", "gpus", "gpu", "cuda", "accelerator", "devices", "n_gpus"],
            "remove it, as training runs on processors"),
        ForeignWord(
            ["data", "dataset", "data_path", "data_dir", "dataset_path", "dataset_name", "data_params"],
            "the image file is named on the command line: --data FILE.h5"),
        ForeignWord(
            ["save_dir", "output_dir", "out_dir", "out", "log_dir", "logdir", "logging_params", "checkpoint_dir"],
            "the run directory is named on the command line: --out DIRECTORY"),
        ForeignWord(
            ["max_steps", "num_steps", "steps", "total_steps", "n_steps", "iterations"],
            "a number of steps is said on the command line: --steps N"),
    ]

    /// A batch is a product of two numbers here, of which the first is a power of two.
    private static func batch(_ value: ConfigurationNode) -> String {
        let rule = "a step takes shards times microbatch images"
        guard case .integer(let size) = value, (1...1 << 20).contains(size) else { return "\(rule): set both" }
        let shards = [8, 4, 2, 1].first { size % $0 == 0 } ?? 1
        return "\(rule): for \(size) set shards: \(shards) and microbatch: \(size / shards)"
    }
}

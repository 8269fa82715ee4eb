import Foundation

/// A file that h5py wrote with its own compression, which nothing here writes:
///
///     with h5py.File("lzf.h5", "w", libver=("earliest", "v108")) as f:
///         x = (numpy.arange(11 * 18) % 7).astype("u1").reshape(11, 2, 3, 3)
///         d = f.create_dataset("features", data=x, chunks=(4, 2, 3, 3), compression="lzf", shuffle=True)
///         d.attrs["axes"] = numpy.array(["batch", "channel", "height", "width"], dtype="S7")
///         f.create_dataset("targets", data=numpy.arange(11, dtype="u1") % 2)
enum LZFFile {
    /// What is not zero, by its place.
    private static let pieces = [
        (0, "iUhERg0KGgoAAAAAAAgIAAQAEA=="),
        (
            21,
            "AAAAAAAAAAAAAAD//////////2UVAAAAAAAA//////////8AAAAAAAAAAGAAAAAAAAAAAQAAAAAAAACIAAAAAAAAAK"
                + "gCAAAAAAAAAQABAAEAAAAYAAAAAAAAABEAEAAAAAAAiAAAAAAAAACoAgAAAAAAAFRSRUUAAAEA////////////////"
                + "/////wAAAAAAAAAAMAQAAAAAAAAY"
        ),
        (669, "AAAAAAAAAAAAAABIRUFQAAAAAFgAAAAAAAAAIAAAAAAAAADIAg=="),
        (709, "AAAAAAAAAAAAAABmZWF0dXJlcwAAAAAAAAAAdGFyZ2V0cwABAAAAAAAAADg="),
        (
            789,
            "AAAAAAAAAAAAAAABAAcAAQAAAAABAAAAAAAAAQBIAAAAAAABBAEAAAAAAAsAAAAAAAAAAgAAAAAAAAADAAAAAAAAAA"
                + "MAAAAAAAAACwAAAAAAAAACAAAAAAAAAAMAAAAAAAAAAwAAAAAAAAADABAAAQAAABAAAAABAAAAAAAIAAAAAAAFAAgA"
                + "AQAAAAIDAgEAAAAACwBAAAEAAAABAgAAAAAAAAIACAABAAEAc2h1ZmZsZQABAAAAAAAAAAB9CAABAAMAbHpmAAAAAA"
                + "AEAAAABQEAAEgAAAAAAAAACAAgAAAAAAADAgV4BQAAAAAAAAQAAAACAAAAAwAAAAMAAAABAAAAABAAEAAAAAAAwBMA"
                + "AAAAAABYAAAAAAAAAFNOT0QBAAIACAAAAAAAAAAgAw=="
        ),
        (1109, "AAAAAAAAAAAAAAAYAAAAAAAAABgU"),
        (1389, "AAAAAAAAAAAAAABUUkVFAQADAP////////////////////8P"),
        (1461, "AAAAAAAAAAAAAAAzFQAAAAAAAA8AAAAAAAAABA=="),
        (1517, "AAAAAAAAAAAAAABCFQAAAAAAABQAAAAAAAAACA=="),
        (1573, "AAAAAAAAAAAAAABRFQ=="),
        (1589, "AAAAAAAAAAAAAAAMAAAAAAAAAAIAAAAAAAAAAwAAAAAAAAADAAAAAAAAAAE="),
        (
            5045,
            "AAAAAAAAAAAAAAAMAFAAAAAAAAEABQAIABgAYXhlcwAAAAATAQAABwAAAAEBAQAAAAAABAAAAAAAAAAEAAAAAAAAAG"
                + "JhdGNoAABjaGFubmVsaGVpZ2h0AHdpZHRoAAAAAAAAAQAFAAEAAAAAAQAAAAAAAAEAGAAAAAAAAQEBAAAAAAALAAAA"
                + "AAAAAAsAAAAAAAAAAwAQAAEAAAAQAAAAAQAAAAAACAAAAAAABQAIAAEAAAACAgIBAAAAAAgAGAAAAAAAAwEoFQAAAA"
                + "AAAAs="
        ),
        (5255, "AAAAAAAAAAAAAACQ"),
        (
            5406,
            "AAAAAAAAAAAAAAABAAEAAQABAAEABwABAgMEBQYA4DUGAQABBwIDBAUGAAEC4DUGAQIDBwQFBgABAgME4CUGAADgBg"
                + "AB"
        ),
    ]

    static let bytes: [UInt8] = {
        var bytes = [UInt8](repeating: 0, count: 5477)
        for (place, text) in pieces {
            let piece = Array(Data(base64Encoded: text) ?? Data())
            bytes.replaceSubrange(place..<place + piece.count, with: piece)
        }
        return bytes
    }()
}

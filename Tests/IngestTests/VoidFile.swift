import Foundation

/// A file that h5py wrote, with pictures as bytes without a type, which nothing here writes:
///
///     with h5py.File("void.h5", "w", libver=("earliest", "v108")) as f:
///         for n in (1, 2, 3):
///             picture = io.BytesIO()
///             PIL.Image.new("RGB", (8, 8), (10 * n, 20 * n, 30 * n)).save(picture, "PNG")
///             f[f"images/{n}.png"] = numpy.void(picture.getvalue())
enum VoidFile {
    /// What is not zero, by its place.
    private static let pieces = [
        (
            0,
            "iUhERg0KGgoAAAAAAAgIAAQAEAAAAAAAAAAAAAAAAAD//////////6ATAAAAAAAA//////////8AAAAAAAAAAGAAAAAA"
                + "AAAAAQAAAAAAAACIAAAAAAAAAKgCAAAAAAAAAQABAAEAAAAYAAAAAAAAABEAEAAAAAAAiAAAAAAAAACoAgAAAAAAAFRS"
                + "RUUAAAEA/////////////////////wAAAAAAAAAAABAAAAAAAAAI"
        ),
        (680, "SEVBUAAAAABYAAAAAAAAABAAAAAAAAAAyAIAAAAAAAAAAAAAAAAAAGltYWdlcwAAAQAAAAAAAABI"),
        (
            800,
            "AQAFAAEAAAAAAQAAAAAAAAEACAAAAAAAAQAAAAAAAAADAAgAAQAAABUAAABNAAAABQAIAAEAAAACAgIBAAAAAAgAGAAA"
                + "AAAAAwEACAAAAAAAAE0AAAAAAAAAAAAAAAAAAACo"
        ),
        (
            1072,
            "AQABAAEAAAAYAAAAAAAAABEAEAAAAAAAWAQAAAAAAAB4BgAAAAAAAFRSRUUAAAEA/////////////////////wAAAAAA"
                + "AAAASBEAAAAAAAAY"
        ),
        (
            1656,
            "SEVBUAAAAABYAAAAAAAAACAAAAAAAAAAmAYAAAAAAAAAAAAAAAAAADEucG5nAAAAMi5wbmcAAAAzLnBuZwAAAAEAAAAA"
                + "AAAAOA=="
        ),
        (
            1776,
            "AQAFAAEAAAAAAQAAAAAAAAEACAAAAAAAAQAAAAAAAAADAAgAAQAAABUAAABNAAAABQAIAAEAAAACAgIBAAAAAAgAGAAA"
                + "AAAAAwFNCAAAAAAAAE0AAAAAAAAAAAAAAAAAAACo"
        ),
        (
            2048,
            "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAFElEQVR4nGPkEpFjwAaYsIoOWgkANVwATIkpP+sAAAAA"
                + "SUVORK5CYIKJUE5HDQoaCgAAAA1JSERSAAAACAAAAAgIAgAAAEttKdwAAAAUSURBVHicYxTRsGHABpiwig5aCQBjsACI"
                + "Dp3LRAAAAABJRU5ErkJggolQTkcNChoKAAAADUlIRFIAAAAIAAAACAgCAAAAS20p3AAAABRJREFUeJxjlLOJYsAGmLCK"
                + "DloJAJIEAMRPoxGYAAAAAElFTkSuQmCC"
        ),
        (4096, "U05PRAEAAQAIAAAAAAAAADAEAAAAAAAAAQAAAAAAAABYBAAAAAAAAHgG"),
        (4424, "U05PRAEAAwAIAAAAAAAAACAD"),
        (4472, "EAAAAAAAAADwBg=="),
        (4512, "GAAAAAAAAACQEg=="),
        (
            4752,
            "AQAFAAEAAAAAAQAAAAAAAAEACAAAAAAAAQAAAAAAAAADAAgAAQAAABUAAABNAAAABQAIAAEAAAACAgIBAAAAAAgAGAAA"
                + "AAAAAwGaCAAAAAAAAE0AAAAAAAAAAAAAAAAAAACo"
        ),
    ]

    static let bytes: [UInt8] = {
        var bytes = [UInt8](repeating: 0, count: 5024)
        for (place, text) in pieces {
            let piece = Array(Data(base64Encoded: text) ?? Data())
            bytes.replaceSubrange(place..<place + piece.count, with: piece)
        }
        return bytes
    }()
}

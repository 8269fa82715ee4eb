import Web

extension Answer {
    init(png: [UInt8]) { self.init(type: "image/png", body: png) }
}

import Web

/// The page itself, which is part of the program: the files of `Sources/Explore/Page`.
enum Page {
    struct Part {
        let type: String
        let bytes: [UInt8]

        func answer(_ head: RequestHead) throws(Refusal) -> Answer {
            guard head.method == .get else { throw Refusal(405, "\(head.path) is asked for with GET") }
            return Answer(type: type, body: bytes)
        }
    }

    private static let parts: [String: Part] = [
        "/": Part(type: "text/html; charset=utf-8", bytes: PackageResources.page_html),
        "/page.css": Part(type: "text/css; charset=utf-8", bytes: PackageResources.page_css),
        "/page.js": Part(type: "text/javascript; charset=utf-8", bytes: PackageResources.page_js),
        "/widgets.js": Part(type: "text/javascript; charset=utf-8", bytes: PackageResources.widgets_js),
        "/icon.svg": Part(type: "image/svg+xml", bytes: PackageResources.icon_svg),
    ]

    static func part(_ path: String) -> Part? { parts[path] }
}

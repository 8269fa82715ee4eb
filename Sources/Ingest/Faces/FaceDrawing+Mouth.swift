extension FaceDrawing {
    /// Lips that curve with the smile; between them, where the mouth is open, teeth and the dark.
    mutating func drawMouth() {
        let scene = self.scene
        let (mouth, pixel, shape) = (traits.mouth, scene.facePixel, MouthShape(traits.mouth))
        let center = SIMD2<Float>(0, mouth.height)
        let upperLip = scene.lit(mouth.color, SIMD3(0, -0.1, 1))
        let lowerLip = mix(upperLip, rgb(0xFFFFFF), 0.1)
        let teeth = scene.lit(rgb(0xF3EEE6), SIMD3(0, 0, 1))
        canvas.paint(box(around: center, radius: shape.halfWidth * 1.25)) { point in
            let local = scene.geometry.surface(scene.geometry.upright(point)).face - center
            let edges = shape.edges(at: local.x)
            let lips = coverage(max(edges.outerTop - local.y, local.y - edges.outerBottom), pixel)
            let open = shape.gap > 0 ? coverage(max(edges.top - local.y, local.y - edges.bottom), pixel) : 0
            let bite = coverage(local.y - edges.top - shape.gap * 0.7, pixel)
            let seam = shape.gap > 0 ? 0 : coverage(max(abs(local.y - edges.top) - 0.014, edges.beyond), pixel)
            let lip = local.y < (edges.top + edges.bottom) * 0.5 ? upperLip : lowerLip
            let inside = mix(rgb(0x3A1013), teeth, bite * 0.95)
            return (mix(mix(lip, inside, open), mouth.color * 0.45, seam), max(lips * 0.92, open, seam * 0.9))
        }
    }
}

/// The lines of a mouth, relative to its middle.
struct MouthShape {
    let halfWidth: Float
    /// How far the lips are apart; 0 where the mouth is closed.
    let gap: Float
    private let drop: Float
    private let fullness: Float

    init(_ mouth: FaceTraits.Mouth) {
        let smile = max(0, mouth.smile)
        halfWidth = mouth.width * (1 + 0.18 * smile)
        gap = mouth.opening * 0.075 * (1 + 0.6 * smile)
        drop = mouth.smile * 0.11
        fullness = mouth.fullness
    }

    /// The heights of the lips' edges at one place across the mouth, and how far that lies beyond its corner.
    struct Edges {
        var outerTop: Float
        var top: Float
        var bottom: Float
        var outerBottom: Float
        var beyond: Float
    }

    func edges(at x: Float) -> Edges {
        let across = abs(x) / halfWidth
        let arch = 1 - across * across
        let middle = drop * (arch - 0.5)
        let (top, bottom) = (middle - gap * 0.5 * arch, middle + gap * arch)
        let bow = 1 - 0.3 * smoothstep(0.2, 0, across)
        return Edges(
            outerTop: top - fullness * arch * bow, top: top, bottom: bottom,
            outerBottom: bottom + fullness * 1.35 * arch, beyond: across * 0.2 - 0.21)
    }
}

/// What a face is drawn from: its traits, where they lie in the picture, and its light.
struct FaceScene {
    let traits: FaceTraits
    let geometry: FaceGeometry
    /// A pixel's side in the picture.
    let pixel: Float
    private let light: SIMD3<Float>

    init(_ traits: FaceTraits, pixel: Float) {
        self.traits = traits
        self.pixel = pixel
        geometry = FaceGeometry(traits.pose)
        let direction = traits.light.direction
        light = direction / (direction * direction).sum().squareRoot()
    }

    /// A pixel's side, measured on the face.
    var facePixel: Float { pixel * geometry.faceUnits }

    /// The colour of a matt surface: ambient light, and Lambert's law wrapped a little around the edge.
    @inline(__always)
    func lit(_ color: RGB, _ normal: SIMD3<Float>) -> RGB {
        let wrapped = max(0, ((normal * light).sum() + 0.3) / 1.3)
        let ambient = traits.light.ambient
        let strength = ambient + (1.12 - ambient) * wrapped
        let warmth = traits.light.warmth
        return color * strength * RGB(1 + warmth, 1, 1 - warmth)
    }
}

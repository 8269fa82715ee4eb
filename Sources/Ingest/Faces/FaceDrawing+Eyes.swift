extension FaceDrawing {
    /// Two eyes and their brows.
    mutating func drawEyes() {
        for side: Float in [-1, 1] {
            let center = SIMD2(side * traits.eyes.distance, traits.eyes.height)
            drawEye(at: center, side: side)
            drawBrow(above: center, side: side)
        }
    }

    /// The white between two lids with the iris on it, and the dark edge of the upper lid.
    private mutating func drawEye(at center: SIMD2<Float>, side: Float) {
        let scene = self.scene
        let (eyes, pixel) = (traits.eyes, scene.facePixel)
        let lash = mix(rgb(0x1A1210), traits.hair.color, 0.25)
        let lift = eyes.width * eyes.openness
        canvas.paint(box(around: center, radius: eyes.width * 1.7)) { point in
            let offset = scene.geometry.surface(scene.geometry.upright(point)).face - center
            let local = turned(SIMD2(offset.x * side, offset.y), sine: eyes.slant)
            let across = local.x / eyes.width
            let curve = 1 - across * across
            let arch = curve * (1.35 - 0.35 * curve)
            let (upper, lower) = (-lift * arch, lift * 0.72 * arch)
            let inside = coverage(max(upper - local.y, local.y - lower), pixel)
            let lid = abs(across) < 1.12 ? coverage(abs(local.y - upper + 0.012) - 0.022, pixel) : 0
            let shade = 0.86 + 0.14 * smoothstep(0, 0.1, local.y - upper)
            return (mix(scene.eyeColor(local, side: side, shade: shade), lash, lid), max(inside, lid * 0.92))
        }
    }

    /// A brow: a band that arches and thins outwards.
    private mutating func drawBrow(above eye: SIMD2<Float>, side: Float) {
        let scene = self.scene
        let (eyes, pixel) = (traits.eyes, scene.facePixel)
        let center = eye + SIMD2(0.03 * side, -eyes.browHeight - 0.03 * traits.mouth.smile)
        let halfWidth = eyes.width * 1.25
        let color = mix(traits.hair.color, rgb(0x1E1612), 0.55)
        canvas.paint(box(around: center, radius: halfWidth * 1.4)) { point in
            let offset = scene.geometry.surface(scene.geometry.upright(point)).face - center
            let local = turned(SIMD2(offset.x * side, offset.y), sine: eyes.browTilt * 0.5)
            let across = local.x / halfWidth
            let thickness = eyes.browThickness * (1 - 0.55 * max(0, across))
            let band = abs(local.y - 0.07 * across * across) - thickness
            return (color, 0.9 * coverage(max(band, abs(local.x) - halfWidth), pixel * 1.6))
        }
    }
}

extension FaceScene {
    /// The colour of an eyeball at a place relative to its middle: white, iris, pupil and the light's reflection.
    func eyeColor(_ place: SIMD2<Float>, side: Float, shade: Float) -> RGB {
        let (eyes, pixel) = (traits.eyes, facePixel)
        let radius = eyes.width * 0.5
        let raised = eyes.gaze.y - eyes.width * eyes.openness * 0.1
        let gazed = SIMD2(place.x - eyes.gaze.x * side, place.y - raised)
        let distance = length(gazed)
        let white = lit(rgb(0xF4F1EE), SIMD3(0, -0.1, 1)) * shade
        let iris = eyes.iris * (0.6 + 0.5 * smoothstep(0, radius, distance))
        let glint = length(gazed - SIMD2(side * -0.32, -0.36) * radius) - radius * 0.24
        let colored = mix(white, iris, coverage(distance - radius, pixel))
        let pupilled = mix(colored, rgb(0x0B0908), coverage(distance - radius * 0.48, pixel))
        return mix(pupilled, rgb(0xFFFFFF), coverage(glint, pixel) * 0.9)
    }
}

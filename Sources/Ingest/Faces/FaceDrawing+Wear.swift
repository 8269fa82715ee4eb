extension FaceDrawing {
    /// Glasses: two rims around the eyes, tinted glass, a bridge and the temples.
    mutating func drawGlasses() {
        guard has(.eyeglasses) else { return }
        let scene = self.scene
        let (wear, eyes, pixel) = (traits.wear, traits.eyes, scene.facePixel)
        let halfSize = SIMD2(wear.lensSize, wear.lensSize * (0.95 - 0.2 * wear.lensSquareness))
        let rounding = halfSize.y * (1 - 0.7 * wear.lensSquareness)
        let glass = rgb(0x20242C)
        canvas.paint(box(around: SIMD2(0, eyes.height), radius: 1.1)) { point in
            let upright = scene.geometry.upright(point)
            guard (upright * upright).sum() < 1.02 else { return (glass, 0) }
            let face = scene.geometry.surface(upright).face
            let local = SIMD2(abs(face.x) - eyes.distance, face.y - eyes.height - 0.02)
            let lens = roundedBox(local, halfSize, rounding: rounding)
            let between = max(abs(face.x) - eyes.distance + halfSize.x, abs(local.y + 0.03) - 0.02)
            let temple = max(halfSize.x - local.x, abs(local.y + 0.06) - 0.022)
            let rim = coverage(min(abs(lens) - 0.022, between, temple), pixel)
            let reflection = smoothstep(0.12, 0, abs(local.x + local.y * 0.8 + halfSize.x * 0.35)) * 0.16
            let tinted = coverage(lens, pixel)
            let color = mix(mix(glass, rgb(0xFFFFFF), reflection / (reflection + wear.lensTint)), wear.frame, rim)
            return (color, max(rim, tinted * (wear.lensTint + reflection)))
        }
    }

    /// A knitted hat with a folded edge.
    mutating func drawHat() {
        guard has(.hat) else { return }
        drawWool(scale: traits.hair.volume + 0.06, below: -2, above: traits.wear.hatLine, shade: 1, ribs: 4)
        drawWool(
            scale: traits.hair.volume + 0.1, below: traits.wear.hatLine - 0.3, above: traits.wear.hatLine, shade: 0.84,
            ribs: 7)
    }

    /// A band of wool on a shell around the head, between two heights of the face.
    private mutating func drawWool(scale: Float, below top: Float, above bottom: Float, shade: Float, ribs: Float) {
        let scene = self.scene
        let (pixel, screenPixel) = (scene.facePixel, scene.pixel)
        let color = traits.wear.hat * shade
        canvas.paint(headBox(scale: scale)) { point in
            let upright = scene.geometry.upright(point)
            let outside = scene.geometry.outline(upright, scale: scale)
            guard outside < screenPixel, upright.y < bottom + 0.4 else { return (color, 0) }
            let surface = scene.geometry.surface(upright, scale: scale)
            let edge = max(surface.face.y - bottom, top - surface.face.y)
            let rib = 0.94 + 0.06 * triangleWave(surface.face.x * ribs)
            return (
                scene.lit(color * rib, surface.normal), min(coverage(outside, screenPixel), coverage(edge, pixel))
            )
        }
    }
}

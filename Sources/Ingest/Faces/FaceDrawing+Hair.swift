extension FaceDrawing {
    /// The hair that is seen past the head's edge, and long hair that falls behind the neck.
    mutating func drawHairBehind() {
        let scene = self.scene
        let (pixel, color, isLong) = (scene.facePixel, traits.hair.color, has(.longHair))
        let end = isLong ? traits.hair.length : traits.hair.sides
        canvas.paint(headBox(scale: isLong ? 1.6 : traits.hair.volume)) { point in
            let upright = scene.geometry.upright(point)
            // What the head will hide is left out.
            guard (upright * upright).sum() > 0.9 else { return (color, 0) }
            let width = scene.hairWidth(upright.y, isLong: isLong)
            let covered = coverage(max(abs(upright.x) - width, scene.hairEnd(upright, end)), pixel)
            guard covered > 0 else { return (color, 0) }
            let shade = 0.5 + 0.35 * smoothstep(0.5, 1, abs(upright.x) / width)
            let fine = 0.97 + 0.04 * triangleWave(upright.x * 5)
            return (scene.lit(color * shade * fine, SIMD3(upright.x * 0.5, 0.1, 0.8)), covered)
        }
    }

    /// Long hair that falls beside the cheeks, over the shoulders; the farther side shows less of it.
    mutating func drawHairBeside() {
        guard has(.longHair) else { return }
        let scene = self.scene
        let (pixel, hair, yaw) = (scene.facePixel, traits.hair, traits.pose.yaw)
        canvas.paint(headBox(scale: 1.6)) { point in
            let upright = scene.geometry.upright(point)
            guard abs(upright.x) > 0.5, upright.y > -0.1 else { return (hair.color, 0) }
            let width = scene.hairWidth(upright.y, isLong: true)
            let inner = 0.88 - 0.14 * smoothstep(0, 0.9, upright.y) + (upright.x > 0 ? 0.2 : -0.2) * yaw
            let strip = max(abs(upright.x) - width, inner - abs(upright.x))
            let covered = coverage(max(strip, scene.hairEnd(upright, hair.length), -upright.y), pixel * 1.5)
            guard covered > 0 else { return (hair.color, 0) }
            let fine = 0.96 + 0.05 * triangleWave(upright.x * 6 + upright.y * 0.6)
            return (scene.lit(hair.color * fine, SIMD3(upright.x * 0.55, 0, 0.75)), covered)
        }
    }

    /// The hair on the head: a shell a little larger than it, above a line that a parting or a fringe shapes.
    mutating func drawHair() {
        let scene = self.scene
        let hair = traits.hair
        let pixel = scene.facePixel
        let screenPixel = scene.pixel
        let fringe = has(.bangs)
        // A nod moves the face by up to its sine, here with a margin.
        let lowest = hair.sides + 0.35
        canvas.paint(headBox(scale: hair.volume)) { point in
            let upright = scene.geometry.upright(point)
            let outside = scene.geometry.outline(upright, scale: hair.volume)
            guard outside < screenPixel, upright.y < lowest else { return (hair.color, 0) }
            let surface = scene.geometry.surface(upright, scale: hair.volume)
            let line = Self.hairLine(surface, hair, fringe: fringe)
            let amount = min(coverage(outside, screenPixel), coverage(surface.face.y - line, pixel * 2))
            return (scene.strands(surface), amount)
        }
    }

    /// How far down the hair reaches at a point across the head.
    private static func hairLine(
        _ surface: FaceGeometry.SurfacePoint, _ hair: FaceTraits.Hair, fringe: Bool
    ) -> Float {
        let x = surface.face.x
        let jagged = fringe ? 0.035 * triangleWave(x * 5 + hair.parting) : 0
        let parted = fringe ? 0 : 0.3 * (x - hair.parting) * (x - hair.parting)
        let side = smoothstep(0.62, 0.9, surface.depth < 0 ? 1 : abs(x))
        return (hair.line + parted + jagged) * (1 - side) + hair.sides * side
    }

    /// A beard along the jaw and around the mouth, with a moustache; thin ones let the skin through.
    mutating func drawBeard() {
        guard has(.beard) else { return }
        let scene = self.scene
        let hair = traits.hair
        let color = mix(hair.color, rgb(0x1A120E), 0.25)
        canvas.paint(headBox(scale: 1.03)) { point in
            let upright = scene.geometry.upright(point)
            let edge = coverage(scene.geometry.outline(upright, scale: 1.03), scene.pixel)
            guard edge > 0, upright.y > -0.2 else { return (color, 0) }
            let surface = scene.geometry.surface(upright, scale: 1.03)
            let amount = scene.beardCoverage(surface.face)
            let fine = 0.97 + 0.05 * triangleWave(surface.face.x * 11 + surface.face.y * 3)
            return (scene.lit(color * fine, surface.normal), amount * edge * hair.beard)
        }
    }
}

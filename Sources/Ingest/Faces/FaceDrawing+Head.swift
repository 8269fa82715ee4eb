extension FaceDrawing {
    /// A wall, brighter towards one side.
    mutating func drawBackground() {
        let light = traits.light
        canvas.paint(canvas.bounds) { point in
            let slope = (point * light.backgroundSlope).sum()
            return (light.background * (1 + slope - 0.12 * (point * point).sum()), 1)
        }
    }

    /// The neck, in the shadow of the chin.
    mutating func drawNeck() {
        let scene = self.scene
        let (pose, pixel) = (traits.pose, scene.pixel)
        let top = scene.geometry.project(SIMD2(0, 0.75))
        let center = SIMD2((top.x + pose.center.x) / 2, top.y + 0.35)
        let color = scene.lit(traits.skin.color, SIMD3(0, 0.3, 0.95))
        let halfWidth = pose.radii.x * 0.52
        canvas.paint(canvas.box(around: center, halfSize: SIMD2(halfWidth * 1.25, 0.6))) { point in
            let local = point - center
            let flare = halfWidth * (1 + 0.5 * max(0, local.y) * max(0, local.y))
            let shadow = 0.62 + 0.3 * smoothstep(-0.15, 0.28, local.y) - 0.3 * abs(local.x) / flare * abs(local.x)
            return (color * shadow, coverage(abs(local.x) - flare, pixel))
        }
    }

    /// Shoulders and a collar in the colour of the clothes.
    mutating func drawShoulders() {
        let scene = self.scene
        let (wear, pose, pixel) = (traits.wear, traits.pose, scene.pixel)
        let neck = scene.geometry.project(SIMD2(0, 0.9))
        let center = SIMD2(neck.x * 0.6, max(neck.y + 0.62, 0.98))
        let radii = SIMD2(wear.shoulders, 0.5)
        let collar = SIMD2(neck.x * 0.7, center.y - 0.52)
        canvas.paint(canvas.box(around: center, halfSize: SIMD2(1.1, 0.52))) { point in
            let local = point - center
            let normal = SIMD3(local.x / radii.x * 0.7, local.y / radii.y * 0.6, 0.7)
            let opening = ellipse(point - collar, SIMD2(pose.radii.x * 0.62, 0.2))
            let shape = max(ellipse(local, radii), -opening)
            let edge = 1 - 0.25 * coverage(abs(opening - 0.03) - 0.02, pixel)
            return (scene.lit(wear.cloth, normal) * edge, coverage(shape, pixel))
        }
    }

    /// An ear at each side; the farther one disappears behind the head as it turns.
    mutating func drawEars() {
        let scene = self.scene
        for side: Float in [-1, 1] {
            let center = scene.geometry.project(SIMD2(side * 0.97, 0.1), scale: 1.02)
            let radii = traits.pose.radii * SIMD2(0.13, 0.2)
            let (pixel, roll) = (scene.pixel, traits.pose.roll)
            let (skin, inner) = (scene.lit(traits.skin.color, SIMD3(side * 0.6, 0, 0.6)), traits.skin.color * 0.62)
            canvas.paint(canvas.box(around: center, halfSize: SIMD2(0.14, 0.2))) { point in
                let local = turned(point - center, sine: -roll)
                let hollow = coverage(ellipse(local, radii * 0.55), pixel * 4)
                return (mix(skin, inner, hollow * 0.7), coverage(ellipse(local, radii), pixel))
            }
        }
    }

    /// The face itself: skin under the light, with blushing cheeks and shaded eye sockets.
    mutating func drawHead() {
        let (geometry, pixel, skin) = (scene.geometry, scene.pixel, traits.skin)
        let scene = self.scene
        let red = skin.color * RGB(1.02, 0.72, 0.68)
        canvas.paint(headBox()) { point in
            let upright = geometry.upright(point)
            let covered = coverage(geometry.outline(upright), pixel)
            guard covered > 0 else { return (red, 0) }
            let surface = geometry.surface(upright)
            let mirrored = SIMD2(abs(surface.face.x), surface.face.y)
            let cheek = smoothstep(0.3, 0, length(mirrored - SIMD2(0.48, 0.36)))
            let socket = smoothstep(0.32, 0.05, length((mirrored - SIMD2(0.36, -0.04)) * SIMD2(1, 1.5)))
            let rim = 0.84 + 0.16 * smoothstep(0, 0.55, surface.normal.z)
            let color = mix(skin.color, red, cheek * skin.blush) * rim * (1 - 0.1 * socket)
            return (scene.lit(color, surface.normal), covered)
        }
    }
}

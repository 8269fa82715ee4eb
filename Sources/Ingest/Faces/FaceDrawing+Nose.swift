extension FaceDrawing {
    /// A nose, by its shadows and a bright spot near the tip. It stands out from the face, so it moves as the head turns.
    mutating func drawNose() {
        let (nose, pose) = (traits.nose, traits.pose)
        let bridge = scene.geometry.project(SIMD2(0, -0.04), scale: 1.02)
        let tip = scene.geometry.project(SIMD2(0, nose.length - 0.02), scale: 1.17)
        let width = nose.width * pose.radii.x
        drawNoseSide(from: bridge, to: tip, width: width)
        drawNoseTip(at: tip, width: width)
    }

    /// The shadow on the side away from the light, from the bridge down to the tip.
    private mutating func drawNoseSide(from bridge: SIMD2<Float>, to tip: SIMD2<Float>, width: Float) {
        let roll = traits.pose.roll
        let side: Float = traits.light.direction.x > 0 ? -1 : 1
        let strength = 0.22 + 0.25 * abs(traits.light.direction.x)
        let up = turned(bridge - tip, sine: -roll)
        let shadow = noseShadow
        canvas.paint(canvas.box(around: (bridge + tip) * 0.5, halfSize: SIMD2(0.22, 0.34))) { point in
            let local = turned(point - tip, sine: -roll)
            let along = min(1.1, max(0, local.y / up.y))
            let off = (local.x - up.x * along) * side
            let spread = width * (1.15 - 0.75 * along)
            let across = smoothstep(0, spread * 0.5, off) * smoothstep(spread * 1.5, spread * 0.7, off)
            let ends = smoothstep(1.05, 0.5, along) * smoothstep(width * 0.5, 0, local.y)
            return (shadow, across * ends * strength)
        }
    }

    /// What is under the tip: a soft shadow, two nostrils, and above them the light.
    private mutating func drawNoseTip(at tip: SIMD2<Float>, width: Float) {
        let (pixel, roll, shadow) = (scene.pixel, traits.pose.roll, noseShadow)
        let bright = scene.lit(mix(traits.skin.color, rgb(0xFFFFFF), 0.28), SIMD3(0, 0, 1))
        let lightSide: Float = traits.light.direction.x > 0 ? 0.16 : -0.16
        canvas.paint(canvas.box(around: tip, halfSize: SIMD2(repeating: width * 2))) { point in
            let local = turned(point - tip, sine: -roll) / width
            let hole = SIMD2(abs(local.x) - 0.52, local.y - 0.36)
            let softness = pixel * 5 / width
            let under = 0.55 * coverage(ellipse(local - SIMD2(0, 0.42), SIMD2(1, 0.3)), softness)
            let nostril = 0.75 * coverage(ellipse(hole, SIMD2(0.27, 0.17)), softness * 0.4)
            let shine = 0.5 * coverage(length(local - SIMD2(lightSide, -0.25)) - 0.3, softness)
            let dark = max(under, nostril)
            let color = mix(mix(shadow, shadow * 0.45, nostril), bright, shine / max(0.001, shine + dark))
            return (color, max(dark, shine))
        }
    }

    private var noseShadow: RGB { scene.lit(traits.skin.color * RGB(0.66, 0.52, 0.48), SIMD3(0, 0, 1)) }
}

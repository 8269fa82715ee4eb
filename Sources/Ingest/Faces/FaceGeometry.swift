/// Where points of a picture lie on a head: an ellipsoid, narrower at the chin, turned by yaw, pitch and roll.
struct FaceGeometry {
    private let pose: FaceTraits.Pose
    private let cosYaw: Float
    private let cosPitch: Float
    private let cosRoll: Float
    private let inverseRadii: SIMD2<Float>

    init(_ pose: FaceTraits.Pose) {
        self.pose = pose
        cosYaw = (1 - pose.yaw * pose.yaw).squareRoot()
        cosPitch = (1 - pose.pitch * pose.pitch).squareRoot()
        cosRoll = (1 - pose.roll * pose.roll).squareRoot()
        inverseRadii = 1 / pose.radii
    }

    /// A point of the head's surface.
    struct SurfacePoint {
        /// Rightwards and downwards as the face itself sees its picture: (0, 0) is between the eyes.
        var face: SIMD2<Float>
        /// Positive on the front half of the head.
        var depth: Float
        /// The outward direction, towards the picture's right, bottom and viewer.
        var normal: SIMD3<Float>
    }

    /// The length on the face that a picture's length spans, near its middle.
    var faceUnits: Float { 2 / (pose.radii.x + pose.radii.y) }

    /// The point in the head's own upright frame, in units of its half axes: a unit circle is its outline.
    @inline(__always)
    func upright(_ point: SIMD2<Float>) -> SIMD2<Float> {
        let moved = point - pose.center
        var local =
            SIMD2(
                cosRoll * moved.x + pose.roll * moved.y, cosRoll * moved.y - pose.roll * moved.x) * inverseRadii
        local.x /= narrowing(local.y)
        return local
    }

    /// The signed distance, in the picture, to the outline of the head enlarged by `scale`; far from it only its sign.
    @inline(__always)
    func outline(_ upright: SIMD2<Float>, scale: Float = 1) -> Float {
        let off = (upright * upright).sum() / (scale * scale) - 1
        return abs(off) > 0.4 ? off : ellipse(upright * pose.radii, pose.radii * scale)
    }

    /// The surface of the head enlarged by `scale` under a point of the upright frame; its rim, where that lies outside.
    @inline(__always)
    func surface(_ upright: SIMD2<Float>, scale: Float = 1) -> SurfacePoint {
        var flat = upright / scale
        let square = (flat * flat).sum()
        if square > 0.998 { flat *= (0.998 / square).squareRoot() }
        let z = (1 - min(0.998, square)).squareRoot()
        let turnedZ = pose.yaw * flat.x + cosYaw * z
        return SurfacePoint(
            face: SIMD2(cosYaw * flat.x - pose.yaw * z, cosPitch * flat.y - pose.pitch * turnedZ),
            depth: pose.pitch * flat.y + cosPitch * turnedZ, normal: SIMD3(flat.x, flat.y, z))
    }

    /// Where a point of the face appears in the picture; `scale` above 1 lifts it off the surface.
    func project(_ face: SIMD2<Float>, scale: Float = 1) -> SIMD2<Float> {
        let depth = max(0, 1 - (face * face).sum()).squareRoot()
        let turnedZ = cosPitch * depth - pose.pitch * face.y
        var flat = SIMD2(cosYaw * face.x + pose.yaw * turnedZ, cosPitch * face.y + pose.pitch * depth) * scale
        flat.x *= narrowing(flat.y)
        return pose.center + turned(flat * pose.radii, sine: pose.roll)
    }

    private func narrowing(_ height: Float) -> Float {
        1 - pose.taper * smoothstep(-0.2, 1.1, height)
    }
}

/// Everything that tells one drawn face from another.
///
/// Lengths on the face are in units of the head's half axes: the eyes lie near height 0, the chin at 1, the crown at -1.
/// Sines stand for angles. Drawing the same traits gives the same picture at any size.
struct FaceTraits: Equatable, Sendable {
    var attributes: Set<FaceAttribute>
    var pose: Pose
    var light: Light
    var skin: Skin
    var eyes: Eyes
    var nose: Nose
    var mouth: Mouth
    var hair: Hair
    var wear: Wear

    /// Where the head is and which way it looks; the picture spans [-1, 1] in both directions.
    struct Pose: Equatable, Sendable {
        var center: SIMD2<Float>
        var radii: SIMD2<Float>
        /// How much narrower the chin is than the temples.
        var taper: Float
        var yaw: Float
        var pitch: Float
        var roll: Float
    }

    /// Where light comes from (x to the right, y down, z to the viewer), and what is behind the head.
    struct Light: Equatable, Sendable {
        var direction: SIMD3<Float>
        var ambient: Float
        var warmth: Float
        var background: RGB
        var backgroundSlope: SIMD2<Float>
    }

    struct Skin: Equatable, Sendable {
        var color: RGB
        var blush: Float
    }

    struct Eyes: Equatable, Sendable {
        var distance: Float
        var height: Float
        var width: Float
        var openness: Float
        var slant: Float
        var gaze: SIMD2<Float>
        var iris: RGB
        var browHeight: Float
        var browThickness: Float
        var browTilt: Float
    }

    struct Nose: Equatable, Sendable {
        var length: Float
        var width: Float
    }

    struct Mouth: Equatable, Sendable {
        var height: Float
        var width: Float
        /// From -0.3 (corners down) to 1 (a broad smile).
        var smile: Float
        /// From 0 (closed) to 1.
        var opening: Float
        var fullness: Float
        var color: RGB
    }

    struct Hair: Equatable, Sendable {
        var color: RGB
        /// How much larger than the head it makes it.
        var volume: Float
        /// The height at which it begins on the forehead.
        var line: Float
        /// How far the parting lies to the side.
        var parting: Float
        /// How low it reaches beside the face.
        var sides: Float
        /// How far below the head's middle long hair reaches, and how much wider it is there.
        var length: Float
        var flare: Float
        /// From 0 (shaven) to 1 (full).
        var beard: Float
        var beardLine: Float
    }

    /// What is worn.
    struct Wear: Equatable, Sendable {
        var cloth: RGB
        var shoulders: Float
        var hat: RGB
        var hatLine: Float
        var frame: RGB
        var lensSize: Float
        /// From 0 (an ellipse) to 1 (almost a rectangle).
        var lensSquareness: Float
        var lensTint: Float
    }
}

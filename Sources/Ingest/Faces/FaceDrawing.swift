/// Draws one face, back to front.
struct FaceDrawing {
    let scene: FaceScene
    var canvas: FaceCanvas

    /// Draws a face into a picture of `size` by `size` pixels.
    init(_ traits: FaceTraits, size: Int) {
        canvas = FaceCanvas(size: size)
        scene = FaceScene(traits, pixel: canvas.pixel)
        drawBackground()
        drawHairBehind()
        drawNeck()
        drawShoulders()
        drawEars()
        drawHead()
        drawBeard()
        drawMouth()
        drawNose()
        drawEyes()
        drawHairBeside()
        drawHair()
        drawGlasses()
        drawHat()
    }

    /// The picture in the order channel, row, column.
    var planarBytes: [UInt8] { canvas.planarBytes }

    var traits: FaceTraits { scene.traits }

    func has(_ attribute: FaceAttribute) -> Bool { scene.traits.attributes.contains(attribute) }

    /// The picture's pixels around a round part of the face.
    func box(around face: SIMD2<Float>, radius: Float) -> FaceCanvas.Box {
        let radii = scene.traits.pose.radii
        return canvas.box(around: scene.geometry.project(face), halfSize: radii * radius * 1.1)
    }

    /// The picture's pixels around the head enlarged by `scale`.
    func headBox(scale: Float = 1) -> FaceCanvas.Box {
        // A head that leans to the side is wider, by its height times the sine of the angle.
        let pose = scene.traits.pose
        let lean = abs(pose.roll) * SIMD2(pose.radii.y, pose.radii.x)
        return canvas.box(around: pose.center, halfSize: (pose.radii + lean) * scale + canvas.pixel)
    }
}

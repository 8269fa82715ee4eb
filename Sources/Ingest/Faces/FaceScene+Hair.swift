extension FaceScene {
    /// Hair under the light: strands that run down from the crown, and a bright band around it.
    func strands(_ surface: FaceGeometry.SurfacePoint) -> RGB {
        let color = traits.hair.color
        let fine = triangleWave(surface.face.x * 9 + surface.face.y * 2.5 + traits.hair.parting * 3)
        let band = smoothstep(0.3, 0, abs(surface.normal.y + 0.62)) * max(0, surface.normal.z)
        return lit(color * (0.97 + 0.05 * fine) + RGB(repeating: 0.09 * band), surface.normal)
    }

    /// The half width of the hair at a height of the upright frame: a round head of hair above, and below it hair that
    /// hangs down.
    func hairWidth(_ height: Float, isLong: Bool) -> Float {
        let volume = traits.hair.volume
        guard height > -volume else { return -1 }
        guard isLong, height > 0 else { return max(0, volume * volume - height * height).squareRoot() }
        let bend = smoothstep(traits.hair.length - 0.4, traits.hair.length + 0.1, height)
        return volume * (1 + traits.hair.flare * smoothstep(0, 1.2, height)) - 0.2 * bend
    }

    /// The signed distance to the lower end of the hair, rounded at its corners.
    func hairEnd(_ upright: SIMD2<Float>, _ end: Float) -> Float {
        let off = abs(upright.x) - 0.92
        return upright.y - end + 0.8 * off * off
    }

    /// How much beard there is at a place on the face: on the jaw and over the lip. The mouth is painted over it.
    func beardCoverage(_ face: SIMD2<Float>) -> Float {
        let mouth = traits.mouth
        let jaw = traits.hair.beardLine + 0.3 - 0.55 * face.x * face.x - face.y
        let across = face.x / mouth.width
        let bend = mouth.smile * 0.11 * (max(-0.6, 1 - across * across) - 0.5)
        let lip = SIMD2(face.x, face.y - mouth.height - bend)
        let moustache = ellipse(lip + SIMD2(0, 0.09), SIMD2(mouth.width * 1.2, 0.095))
        return coverage(min(jaw, moustache), facePixel * 5)
    }
}

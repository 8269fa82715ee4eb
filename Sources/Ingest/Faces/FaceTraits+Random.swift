extension FaceTraits {
    /// Draws the traits of face `index`; they depend on the seed and the index alone.
    init(seed: UInt64, index: Int) {
        var random = FaceRandom(seed: seed, index: index)
        attributes = Self.attributes(&random)
        pose = Self.pose(&random)
        light = Self.light(&random)
        skin = Skin(color: random.color(through: FaceColors.skin), blush: random.uniform(0...0.3))
        eyes = Self.eyes(&random, smiling: attributes.contains(.smiling))
        nose = Nose(length: random.bell(0.28...0.42), width: random.bell(0.09...0.17))
        mouth = Self.mouth(&random, attributes, skin: skin.color)
        hair = Self.hair(&random, attributes)
        wear = Self.wear(&random)
    }

    private static func attributes(_ random: inout FaceRandom) -> Set<FaceAttribute> {
        var attributes: Set<FaceAttribute> = []
        func decide(_ attribute: FaceAttribute, _ probability: Float) {
            if random.chance(probability) { attributes.insert(attribute) }
        }
        decide(.smiling, 0.5)
        decide(.mouthOpen, 0.35)
        decide(.eyeglasses, 0.25)
        decide(.hat, 0.15)
        decide(.longHair, 0.42)
        decide(.blondHair, 0.25)
        decide(.beard, attributes.contains(.longHair) ? 0.08 : 0.42)
        decide(.bangs, attributes.contains(.hat) ? 0 : 0.3)
        return attributes
    }

    private static func pose(_ random: inout FaceRandom) -> Pose {
        let scale = random.bell(1.1...1.32)
        return Pose(
            center: SIMD2(random.bell(-0.1...0.1), random.bell(-0.04...0.12)),
            radii: SIMD2(random.bell(0.42...0.53), random.bell(0.58...0.66)) * scale,
            taper: random.uniform(0.08...0.3), yaw: random.bell(-0.6...0.6), pitch: random.bell(-0.22...0.2),
            roll: random.bell(-0.2...0.2))
    }

    private static func light(_ random: inout FaceRandom) -> Light {
        Light(
            direction: SIMD3(random.uniform(-0.8...0.8), random.uniform(-0.7...0.1), random.uniform(0.5...0.9)),
            ambient: random.uniform(0.52...0.7), warmth: random.uniform(-0.02...0.06),
            background: random.color(through: FaceColors.background, spread: 0.08) * random.uniform(0.6...1.05),
            backgroundSlope: SIMD2(random.uniform(-0.18...0.18), random.uniform(-0.18...0.18)))
    }

    private static func eyes(_ random: inout FaceRandom, smiling: Bool) -> Eyes {
        Eyes(
            distance: random.bell(0.36...0.46), height: random.bell(-0.06...0.06), width: random.bell(0.15...0.2),
            openness: random.bell(0.35...0.75) * (smiling ? 0.85 : 1), slant: random.bell(-0.16...0.2),
            gaze: SIMD2(random.bell(-0.06...0.06), random.bell(-0.03...0.03)),
            iris: random.color(through: FaceColors.iris), browHeight: random.bell(0.17...0.29),
            browThickness: random.bell(0.018...0.05), browTilt: random.bell(-0.28...0.28))
    }

    private static func mouth(_ random: inout FaceRandom, _ attributes: Set<FaceAttribute>, skin: RGB) -> Mouth {
        let lip = mix(skin * RGB(0.92, 0.62, 0.6), rgb(0xB2343F), random.uniform(0...0.55))
        return Mouth(
            height: random.bell(0.54...0.64), width: random.bell(0.23...0.31),
            smile: attributes.contains(.smiling) ? random.uniform(0.5...1) : random.uniform(-0.3...0.12),
            opening: attributes.contains(.mouthOpen) ? random.uniform(0.4...1) : 0,
            fullness: random.bell(0.025...0.085), color: lip)
    }

    private static func hair(_ random: inout FaceRandom, _ attributes: Set<FaceAttribute>) -> Hair {
        let isLong = attributes.contains(.longHair)
        return Hair(
            color: random.color(through: attributes.contains(.blondHair) ? FaceColors.blond : FaceColors.otherHair),
            volume: random.bell(1.05...1.17) + (isLong ? 0.03 : 0),
            line: attributes.contains(.bangs) ? random.uniform(-0.36 ... -0.24) : random.bell(-0.82 ... -0.5),
            parting: random.uniform(-0.5...0.5), sides: isLong ? 0.3 : random.uniform(-0.15...0.25),
            length: random.uniform(0.75...1.5), flare: random.uniform(-0.05...0.22),
            beard: attributes.contains(.beard) ? random.uniform(0.6...1) : 0, beardLine: random.bell(0.22...0.42))
    }

    private static func wear(_ random: inout FaceRandom) -> Wear {
        Wear(
            cloth: random.color(through: FaceColors.cloth, spread: 0.06), shoulders: random.bell(0.7...0.95),
            hat: random.color(through: FaceColors.wool, spread: 0.06), hatLine: random.bell(-0.5 ... -0.3),
            frame: random.color(through: FaceColors.frame), lensSize: random.bell(0.2...0.26),
            lensSquareness: random.uniform(0...1), lensTint: random.chance(0.2) ? random.uniform(0.6...0.9) : 0.1)
    }
}

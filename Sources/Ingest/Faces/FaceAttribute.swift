/// What is true or false of a drawn face. Names follow CelebA's list where it has one.
public enum FaceAttribute: String, CaseIterable, Sendable {
    case bangs = "Bangs"
    case beard = "Beard"
    case blondHair = "Blond_Hair"
    case eyeglasses = "Eyeglasses"
    case hat = "Hat"
    case longHair = "Long_Hair"
    case mouthOpen = "Mouth_Open"
    case smiling = "Smiling"
}

/// A font of single strokes: each glyph is a few polylines, drawn at any size.
///
/// The Hershey Simplex Roman font, for ASCII 32 to 126. The Hershey Fonts were originally created by Dr. A. V. Hershey
/// while working at the U. S. National Bureau of Standards. The format of the font data in this distribution was
/// originally created by James Hurt, Cognition, Inc., 900 Technology Park Drive, Billerica, MA 01821
/// (mit-eddie!ci-dandelion!hurt). It may be used by anyone for any purpose, in any format except that of the
/// U. S. NTIS, as long as this acknowledgement goes with it.
struct StrokeFont: Sendable {
    /// The height of a capital letter in the font's own units.
    static let capitalHeight = 21.0

    /// One character: strokes relative to its left edge and the baseline, y downwards.
    struct Glyph: Sendable {
        let advance: Double
        let strokes: [[Point]]
    }

    static let shared = StrokeFont()
    private let glyphs: [Glyph]

    private init() {
        glyphs = hersheySimplex.split(separator: "\n").map { Self.glyph(Array($0.utf8)) }
    }

    /// The glyph of a character; a question mark where the font has none.
    func glyph(_ character: Character) -> Glyph {
        let code = Int(character.asciiValue ?? 63) - 32
        return glyphs.indices.contains(code) ? glyphs[code] : glyphs[63 - 32]
    }

    /// Decodes one line: the left and right edges, then pairs of coordinates, each a letter that counts from "R".
    /// The pair " R" lifts the pen.
    private static func glyph(_ code: [UInt8]) -> Glyph {
        let (left, right) = (code[0], code[1])
        var strokes: [[Point]] = []
        var penIsUp = true
        for pair in stride(from: 2, to: code.count, by: 2) {
            if code[pair] == UInt8(ascii: " ") {
                penIsUp = true
                continue
            }
            if penIsUp { strokes.append([]) }
            penIsUp = false
            strokes[strokes.count - 1].append(
                Point(
                    x: Double(code[pair]) - Double(left),
                    y: Double(code[pair + 1]) - Double(UInt8(ascii: "["))))
        }
        return Glyph(advance: Double(right) - Double(left), strokes: strokes)
    }
}

/// One line per character from the space to the tilde.
private let hersheySimplex = #"""
    JZ
    MWRFRT RRYQZR[SZRY
    JZNFNM RVFVM
    H]SBLb RYBRb RLOZO RKUYU
    H\PBP_ RTBT_ RYIWGTFPFMGKIKKLMMNOOUQWRXSYUYXWZT[P[MZKX
    F^[FI[ RNFPHPJOLMMKMIKIIJGLFNFPGSHVHYG[F RWTUUTWTYV[X[ZZ[X[VYTWT
    E_\O\N[MZMYNXPVUTXRZP[L[JZIYHWHUISJRQNRMSKSIRGPFNGMIMKNNPQUXWZY[[[\Z\Y
    MWRHQGRFSGSIRKQL
    KYVBTDRGPKOPOTPYR]T`Vb
    KYNBPDRGTKUPUTTYR]P`Nb
    JZRLRX RMOWU RWOMU
    E_RIR[ RIR[R
    NVSWRXQWRVSWSYQ[
    E_IR[R
    NVRVQWRXSWRV
    G][BIb
    H\QFNGLJKOKRLWNZQ[S[VZXWYRYOXJVGSFQF
    H\NJPISFS[
    H\LKLJMHNGPFTFVGWHXJXLWNUQK[Y[
    H\MFXFRNUNWOXPYSYUXXVZS[P[MZLYKW
    H\UFKTZT RUFU[
    H\WFMFLOMNPMSMVNXPYSYUXXVZS[P[MZLYKW
    H\XIWGTFRFOGMJLOLTMXOZR[S[VZXXYUYTXQVOSNRNOOMQLT
    H\YFO[ RKFYF
    H\PFMGLILKMMONSOVPXRYTYWXYWZT[P[MZLYKWKTLRNPQOUNWMXKXIWGTFPF
    H\XMWPURRSQSNRLPKMKLLINGQFRFUGWIXMXRWWUZR[P[MZLX
    NVROQPRQSPRO RRVQWRXSWRV
    NVROQPRQSPRO RSWRXQWRVSWSYQ[
    F^ZIJRZ[
    E_IO[O RIU[U
    F^JIZRJ[
    I[LKLJMHNGPFTFVGWHXJXLWNVORQRT RRYQZR[SZRY
    E`WNVLTKQKOLNMMPMSNUPVSVUUVS RQKOMNPNSOUPV RWKVSVUXVZV\T]Q]O\L[JYHWGTFQFNGLHJJILHOHRIUJWLYNZQ[T[WZYYZX RXKWSWUXV
    I[RFJ[ RRFZ[ RMTWT
    G\KFK[ RKFTFWGXHYJYLXNWOTP RKPTPWQXRYTYWXYWZT[K[
    H]ZKYIWGUFQFOGMILKKNKSLVMXOZQ[U[WZYXZV
    G\KFK[ RKFRFUGWIXKYNYSXVWXUZR[K[
    H[LFL[ RLFYF RLPTP RL[Y[
    HZLFL[ RLFYF RLPTP
    H]ZKYIWGUFQFOGMILKKNKSLVMXOZQ[U[WZYXZVZS RUSZS
    G]KFK[ RYFY[ RKPYP
    NVRFR[
    JZVFVVUYTZR[P[NZMYLVLT
    G\KFK[ RYFKT RPOY[
    HYLFL[ RL[X[
    F^JFJ[ RJFR[ RZFR[ RZFZ[
    G]KFK[ RKFY[ RYFY[
    G]PFNGLIKKJNJSKVLXNZP[T[VZXXYVZSZNYKXIVGTFPF
    G\KFK[ RKFTFWGXHYJYMXOWPTQKQ
    G]PFNGLIKKJNJSKVLXNZP[T[VZXXYVZSZNYKXIVGTFPF RSWY]
    G\KFK[ RKFTFWGXHYJYLXNWOTPKP RRPY[
    H\YIWGTFPFMGKIKKLMMNOOUQWRXSYUYXWZT[P[MZKX
    JZRFR[ RKFYF
    G]KFKULXNZQ[S[VZXXYUYF
    I[JFR[ RZFR[
    F^HFM[ RRFM[ RRFW[ R\FW[
    H\KFY[ RYFK[
    I[JFRPR[ RZFRP
    H\YFK[ RKFYF RK[Y[
    KYOBOb RPBPb ROBVB RObVb
    KYKFY^
    KYTBTb RUBUb RNBUB RNbUb
    JZRDJR RRDZR
    I[Ib[b
    NVSKQMQORPSORNQO
    I\XMX[ RXPVNTMQMONMPLSLUMXOZQ[T[VZXX
    H[LFL[ RLPNNPMSMUNWPXSXUWXUZS[P[NZLX
    I[XPVNTMQMONMPLSLUMXOZQ[T[VZXX
    I\XFX[ RXPVNTMQMONMPLSLUMXOZQ[T[VZXX
    I[LSXSXQWOVNTMQMONMPLSLUMXOZQ[T[VZXX
    MYWFUFSGRJR[ ROMVM
    I\XMX]W`VaTbQbOa RXPVNTMQMONMPLSLUMXOZQ[T[VZXX
    I\MFM[ RMQPNRMUMWNXQX[
    NVQFRGSFREQF RRMR[
    MWRFSGTFSERF RSMS^RaPbNb
    IZMFM[ RWMMW RQSX[
    NVRFR[
    CaGMG[ RGQJNLMOMQNRQR[ RRQUNWMZM\N]Q][
    I\MMM[ RMQPNRMUMWNXQX[
    I\QMONMPLSLUMXOZQ[T[VZXXYUYSXPVNTMQM
    H[LMLb RLPNNPMSMUNWPXSXUWXUZS[P[NZLX
    I\XMXb RXPVNTMQMONMPLSLUMXOZQ[T[VZXX
    KXOMO[ ROSPPRNTMWM
    J[XPWNTMQMNNMPNRPSUTWUXWXXWZT[Q[NZMX
    MYRFRWSZU[W[ ROMVM
    I\MMMWNZP[S[UZXW RXMX[
    JZLMR[ RXMR[
    G]JMN[ RRMN[ RRMV[ RZMV[
    J[MMX[ RXMM[
    JZLMR[ RXMR[P_NaLbKb
    J[XMM[ RMMXM RM[X[
    KYTBRCQDPFPHQJRKSMSOQQ RRCQEQGRISJTLTNSPORSTTVTXSZR[Q]Q_Ra RQSSUSWRYQZP\P^Q`RaTb
    NVRBRb
    KYPBRCSDTFTHSJRKQMQOSQ RRCSESGRIQJPLPNQPURQTPVPXQZR[S]S_Ra RSSQUQWRYSZT\T^S`RaPb
    F^IUISJPLONOPPTSVTXTZS[Q RISJQLPNPPQTTVUXUZT[Q[O
    """#

//! The numbers of Java's enums: each of them once, as the place of a constant among the others.
//! The tests below compare them with the Java sources. Nothing else here knows such a number.

use smimezip::Integrity;
use smimezip::build::Unfit;
use smimezip::cms::{ContentEncryptionAlgorithm, HashAlgorithm, RecipientKind};
use smimezip::export::{ManifestContents, Verdict};
use smimezip::extract::{Links, Names, Overwrite, SkipReason};
use smimezip::message::{Columns, LineEnd, SealContainer};
use smimezip::progress::Phase;
use smimezip::zip::EntryKind;

/// The place of a kind in Java's `EntryKind`.
pub(crate) fn entry_kind(kind: EntryKind) -> i32 {
    match kind {
        EntryKind::File => 0,
        EntryKind::Folder => 1,
        EntryKind::SymbolicLink => 2,
        _ => 3,
    }
}

/// The place of a level in Java's `Integrity`.
pub(crate) fn integrity(level: Integrity) -> i32 {
    match level {
        Integrity::Authenticated => 2,
        Integrity::Checksummed => 1,
        _ => 0,
    }
}

/// The place of a phase in Java's `Phase`.
pub(crate) fn phase(phase: Phase) -> i32 {
    match phase {
        Phase::Unlocking => 0,
        Phase::Planning => 1,
        Phase::Verifying => 2,
        Phase::Writing => 3,
        _ => 4,
    }
}

/// The place of a reason in Java's `SkipReason`.
pub(crate) fn skip_reason(reason: SkipReason) -> i32 {
    match reason {
        SkipReason::Exists => 1,
        SkipReason::UnsafeName => 2,
        _ => 0,
    }
}

/// The place of a verdict in Java's `Verdict`.
pub(crate) fn verdict(verdict: &Verdict) -> i32 {
    match verdict {
        Verdict::Complete => 0,
        Verdict::Missing(_) => 1,
        Verdict::StillDownloading { .. } => 2,
        Verdict::Conflicting(_) => 3,
        Verdict::NoKey => 4,
        Verdict::NotCounted => 5,
        _ => 6,
    }
}

/// The place of a kind in Java's `RecipientKind`.
pub(crate) fn recipient_kind(kind: RecipientKind) -> i32 {
    match kind {
        RecipientKind::KeyTransport => 0,
        RecipientKind::KeyAgreement => 1,
        RecipientKind::KeyEncryptionKey => 2,
        RecipientKind::Password => 3,
        RecipientKind::KeyEncapsulation => 4,
        RecipientKind::Other => 5,
        _ => 6,
    }
}

/// By the place in Java's `Overwrite`.
pub(crate) fn overwrite(place: i32) -> Option<Overwrite> {
    [Overwrite::Never, Overwrite::Always, Overwrite::Skip]
        .get(usize::try_from(place).ok()?)
        .copied()
}

/// By the place in Java's `Links`.
pub(crate) fn links(place: i32) -> Option<Links> {
    [Links::Refuse, Links::Skip].get(usize::try_from(place).ok()?).copied()
}

/// By the place in Java's `Names`.
pub(crate) fn names(place: i32) -> Option<Names> {
    [Names::Refuse, Names::Skip, Names::Encode].get(usize::try_from(place).ok()?).copied()
}

/// By the place in Java's `Unfit`.
pub(crate) fn unfit(place: i32) -> Option<Unfit> {
    [Unfit::Refuse, Unfit::Skip].get(usize::try_from(place).ok()?).copied()
}

/// By the place in Java's `ManifestContents`.
pub(crate) fn manifest(place: i32) -> Option<ManifestContents> {
    [ManifestContents::Parts, ManifestContents::Entries].get(usize::try_from(place).ok()?).copied()
}

/// By the place in Java's `ContentCipher`.
pub(crate) fn content_cipher(place: i32) -> Option<ContentEncryptionAlgorithm> {
    use ContentEncryptionAlgorithm as Cipher;
    [
        Cipher::Aes128Cbc,
        Cipher::Aes192Cbc,
        Cipher::Aes256Cbc,
        Cipher::Aes128Gcm,
        Cipher::Aes192Gcm,
        Cipher::Aes256Gcm,
        Cipher::ChaCha20Poly1305,
    ]
    .get(usize::try_from(place).ok()?)
    .cloned()
}

/// By the place in Java's `SealContainer`.
pub(crate) fn container(place: i32, columns: Columns, line_end: LineEnd) -> Option<SealContainer> {
    [
        SealContainer::MimeBase64 { columns, line_end },
        SealContainer::MimeBinary,
        SealContainer::Pem,
        SealContainer::Binary,
    ]
    .get(usize::try_from(place).ok()?)
    .copied()
}

/// How a content-encryption key is encrypted for an RSA key.
#[derive(Clone, Copy)]
pub(crate) enum RsaPadding {
    Pkcs1V15,
    Oaep(HashAlgorithm),
}

/// By the place in Java's `RsaPadding`.
pub(crate) fn rsa_padding(place: i32) -> Option<RsaPadding> {
    [
        RsaPadding::Pkcs1V15,
        RsaPadding::Oaep(HashAlgorithm::Sha1),
        RsaPadding::Oaep(HashAlgorithm::Sha224),
        RsaPadding::Oaep(HashAlgorithm::Sha256),
        RsaPadding::Oaep(HashAlgorithm::Sha384),
        RsaPadding::Oaep(HashAlgorithm::Sha512),
    ]
    .get(usize::try_from(place).ok()?)
    .copied()
}

/// The bits of Java's `OpenOptions`: the places of the constants of `ReadOption`, and one more.
pub(crate) struct ReadOptions(pub(crate) i32);

impl ReadOptions {
    /// In the order of Java's constants; the tests compare them.
    const TRAILING_DATA: u32 = 0;
    const GCM_IN_ENVELOPED_DATA: u32 = 1;
    const SIGNED_DATA: u32 = 2;
    const MIME_HEADER: u32 = 3;
    const UNUSED_BYTES: u32 = 4;
    /// After all of them.
    const INCOMPLETE: u32 = 16;

    fn has(&self, place: u32) -> bool {
        self.0 >> place & 1 == 1
    }

    pub(crate) fn trailing_data(&self) -> bool {
        self.has(Self::TRAILING_DATA)
    }

    pub(crate) fn gcm_in_enveloped_data(&self) -> bool {
        self.has(Self::GCM_IN_ENVELOPED_DATA)
    }

    pub(crate) fn signed_data(&self) -> bool {
        self.has(Self::SIGNED_DATA)
    }

    pub(crate) fn mime_header(&self) -> bool {
        self.has(Self::MIME_HEADER)
    }

    pub(crate) fn unused_bytes(&self) -> bool {
        self.has(Self::UNUSED_BYTES)
    }

    pub(crate) fn incomplete(&self) -> bool {
        self.has(Self::INCOMPLETE)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::fmt::Debug;

    use super::*;

    /// The constants of an enum of Java, in their order.
    fn constants(name: &str) -> Vec<String> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/java/src/main/java/io/github/smimezip");
        let source = std::fs::read_to_string(format!("{folder}/{name}.java")).unwrap();
        let (_, body) = source.split_once(&format!("enum {name} {{")).unwrap();
        let is_constant = |line: &&str| {
            line.starts_with(|first: char| first.is_ascii_uppercase())
                && line
                    .bytes()
                    .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
        };
        let constant = |line: &'_ str| line.trim().trim_end_matches([',', ';']).to_owned();
        body.lines().map(constant).filter(|line| is_constant(&line.as_str())).collect()
    }

    /// A variant's name as Java writes that of a constant.
    fn constant(variant: impl Debug) -> String {
        upper_case(&format!("{variant:?}"))
    }

    fn upper_case(camel_case: &str) -> String {
        let mut name = String::new();
        for letter in camel_case.chars() {
            if letter.is_ascii_uppercase() && !name.is_empty() {
                name.push('_');
            }
            name.push(letter.to_ascii_uppercase());
        }
        name
    }

    fn agree<T: Debug + Copy>(name: &str, variants: &[T], place: impl Fn(T) -> i32) {
        let mut found = vec![String::new(); variants.len()];
        for variant in variants {
            found[usize::try_from(place(*variant)).unwrap()] = constant(variant);
        }
        assert_eq!(constants(name), found, "{name}");
    }

    fn agree_back<T: Debug>(name: &str, at: impl Fn(i32) -> Option<T>) {
        let found: Vec<String> = (0..).map_while(at).map(constant).collect();
        assert_eq!(constants(name), found, "{name}");
    }

    #[test]
    fn places_agree_with_java() {
        let kinds =
            [EntryKind::File, EntryKind::Folder, EntryKind::SymbolicLink, EntryKind::Special];
        agree("EntryKind", &kinds, entry_kind);
        let levels = [Integrity::None, Integrity::Checksummed, Integrity::Authenticated];
        agree("Integrity", &levels, integrity);
        let phases = [
            Phase::Unlocking,
            Phase::Planning,
            Phase::Verifying,
            Phase::Writing,
            Phase::Publishing,
        ];
        agree("Phase", &phases, phase);
        let reasons = [SkipReason::NotAFile, SkipReason::Exists, SkipReason::UnsafeName];
        agree("SkipReason", &reasons, skip_reason);
        let kinds = [
            RecipientKind::KeyTransport,
            RecipientKind::KeyAgreement,
            RecipientKind::KeyEncryptionKey,
            RecipientKind::Password,
            RecipientKind::KeyEncapsulation,
            RecipientKind::Other,
            RecipientKind::Unknown,
        ];
        agree("RecipientKind", &kinds, recipient_kind);
        let verdicts = [
            Verdict::Complete,
            Verdict::Missing(Vec::new()),
            Verdict::StillDownloading { missing: Vec::new(), files: Vec::new() },
            Verdict::Conflicting(Vec::new()),
            Verdict::NoKey,
            Verdict::NotCounted,
            Verdict::Damaged(smimezip::ErrorKind::Truncated.into()),
        ];
        let mut found = vec![String::new(); verdicts.len()];
        for it in &verdicts {
            found[usize::try_from(verdict(it)).unwrap()] = it.code().to_uppercase();
        }
        assert_eq!(constants("Verdict"), found);
        agree_back("Overwrite", overwrite);
        agree_back("Links", links);
        agree_back("Names", names);
        agree_back("Unfit", unfit);
        agree_back("ManifestContents", manifest);
    }

    #[test]
    fn places_of_what_is_sealed_agree_with_java() {
        let of = |at: &dyn Fn(i32) -> Option<String>| (0..).map_while(at).collect::<Vec<_>>();
        let ciphers =
            of(&|place| Some(content_cipher(place)?.to_string().to_uppercase().replace('-', "_")));
        assert_eq!(constants("ContentCipher"), ciphers);
        let kinds = of(&|place| {
            let kind = format!("{:?}", container(place, Columns::C64, LineEnd::Lf)?);
            Some(upper_case(kind.split(' ').next()?))
        });
        assert_eq!(constants("SealContainer"), kinds);
        let paddings = of(&|place| {
            Some(match rsa_padding(place)? {
                RsaPadding::Pkcs1V15 => "PKCS1_V1_5".to_owned(),
                RsaPadding::Oaep(hash) => format!("OAEP_{}", format!("{hash:?}").to_uppercase()),
            })
        });
        assert_eq!(constants("RsaPadding"), paddings);
    }

    #[test]
    fn bits_of_opening_agree_with_java() {
        let bits = [
            (ReadOptions::TRAILING_DATA, "ACCEPT_TRAILING_DATA"),
            (ReadOptions::GCM_IN_ENVELOPED_DATA, "ACCEPT_GCM_IN_ENVELOPED_DATA"),
            (ReadOptions::SIGNED_DATA, "INNER_SIGNED_DATA"),
            (ReadOptions::MIME_HEADER, "INNER_MIME_HEADER"),
            (ReadOptions::UNUSED_BYTES, "ACCEPT_UNUSED_BYTES"),
        ];
        let java = constants("ReadOption");
        assert_eq!(java.len(), bits.len());
        for (place, name) in bits {
            assert_eq!(java[usize::try_from(place).unwrap()], name);
        }
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/java/src/main/java/io/github/smimezip");
        let options = std::fs::read_to_string(format!("{folder}/OpenOptions.java")).unwrap();
        let place = ReadOptions::INCOMPLETE;
        assert!(options.contains(&format!("int INCOMPLETE = {place};")));
        assert!(java.len() <= usize::try_from(place).unwrap());
    }
}

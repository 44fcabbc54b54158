//! Any bytes as a manifest. What is read must be written as the same, and say nothing that could not
//! be: names that belong together, sizes that add up, paths that are safe.

use smimezip::Limits;
use smimezip::export::Manifest;
use smimezip::parts::PartName;

/// Reads `bytes`, writes what was read, and reads it again.
pub fn run(bytes: &[u8]) {
    let limits = Limits::default();
    let Ok(manifest) = Manifest::read(bytes, &limits) else { return };
    let text = manifest.to_json();
    let again = Manifest::read(text.as_bytes(), &limits).expect("what was written is read");
    assert!(again == manifest, "another manifest");
    assert!(again.to_json() == text, "another text");
    let sum = manifest.parts().iter().try_fold(0_u64, |sum, part| sum.checked_add(part.size()));
    assert!(sum == Some(manifest.size()) && sum.is_some());
    for part in manifest.parts() {
        let name = part.name().to_string();
        assert!(!name.contains(['/', '\\']) && name.starts_with(manifest.name().stem()));
        assert!(PartName::parse(&name).as_ref() == Some(part.name()), "a name of no part");
    }
    for entry in manifest.entries().into_iter().flatten() {
        let is_plain = |name: &str| !matches!(name, "" | "." | "..");
        assert!(entry.path().split(['/', '\\', ':']).all(is_plain), "an unsafe path");
    }
}

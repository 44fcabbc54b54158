//! Any octets as a lone part: as a message and, where they are none, as an archive whose every entry
//! is read. Nothing may panic, hang or take more memory than the limits allow.
#![no_main]

use std::io::Read;
use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use smimezip::{Envelope, Export, ExtractOptions, KeyRing, Limits, ReadAt, Silent};

fuzz_target!(|octets: &[u8]| {
    let mut limits = Limits::default();
    limits.total_size = 16 << 20;
    let _ =
        Envelope::open(octets.to_vec(), &limits).map(|envelope| envelope.unlock(&KeyRing::new()));
    let part: Arc<dyn ReadAt> = Arc::new(octets.to_vec());
    let parts = vec![("e.zip".to_owned(), part)];
    let Ok(export) = Export::from_parts(parts, &limits) else { return };
    let Ok(archive) = export.unlock(&KeyRing::new()) else { return };
    for entry in archive.entries() {
        if let Ok(mut reader) = archive.read(entry) {
            let mut buffer = [0; 4096];
            while reader.read(&mut buffer).is_ok_and(|count| count > 0) {}
        }
    }
    let mut options = ExtractOptions::default();
    options.threads = std::num::NonZeroUsize::new(1);
    let _ = archive.verify(&options, &mut Silent);
});

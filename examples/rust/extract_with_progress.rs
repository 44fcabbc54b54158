//! Extracts an export, shows how far it is, and stops on Ctrl-C: then nothing is left in the
//! folder.
//!
//! `extract-with-progress ANY-PART KEY FOLDER`

use std::env;
use std::ops::ControlFlow;

use smimezip::progress::{self, Phase};
use smimezip::{CancelToken, Export, ExtractOptions, KeyRing, UnlockOptions};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let [part, key, folder] = arguments()?;
    let cancel = CancelToken::new();
    ctrlc::set_handler({
        let cancel = cancel.clone();
        move || cancel.cancel()
    })?;
    let mut progress = progress::listener(|event| {
        let what = match event.phase {
            Phase::Unlocking => "unlocking",
            Phase::Publishing => "publishing",
            _ => event.entry.unwrap_or_default(),
        };
        println!("{} of {} bytes, {what}", event.bytes_done, event.bytes_total);
        ControlFlow::Continue(())
    });
    let keys = KeyRing::from_file(key)?;
    let unlocking = UnlockOptions::new().cancel(&cancel);
    let export = Export::discover(part)?;
    let archive = export.unlock_with(&keys, &unlocking, &mut progress)?;

    let options = ExtractOptions::new().cancel(&cancel);
    let report = archive.extract_with(folder, &options, &mut progress)?;
    println!("{} files, {} bytes", report.files, report.bytes);
    Ok(())
}

fn arguments() -> Result<[String; 3], &'static str> {
    let all: Vec<_> = env::args().skip(1).collect();
    all.try_into().map_err(|_| "usage: extract-with-progress ANY-PART KEY FOLDER")
}

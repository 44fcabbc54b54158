//! Makes an export of a folder: zipped, cut into parts of 500 MiB, each sealed for the owner of a
//! certificate. All parts are in the outbox afterwards, or none.
//!
//! `seal-folder FOLDER CERTIFICATE.pem OUTBOX`

use std::time::SystemTime;

use smimezip::Certificate;
use smimezip::build::BuildOptions;
use smimezip::export::ExportBuilder;
use smimezip::keys::Recipient;
use smimezip::parts::SetName;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(folder), Some(certificate), Some(outbox)) =
        (arguments.next(), arguments.next(), arguments.next())
    else {
        return Err("usage: seal-folder FOLDER CERTIFICATE.pem OUTBOX".into());
    };
    let certificate = Certificate::from_file(certificate)?;
    let built = ExportBuilder::new(SetName::random()?)
        .recipient(Recipient::from_certificate(&certificate, SystemTime::now())?)
        .build_options(&BuildOptions::new().part_size(500 << 20))
        .build_folder(&folder, &outbox, &mut ())?;
    for part in &built.parts {
        println!("{:>12} {}", part.size(), part.name());
    }
    println!("{} files, {} bytes", built.files, built.bytes);
    Ok(())
}

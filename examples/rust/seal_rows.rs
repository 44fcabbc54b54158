//! Writes rows, as a query returns them, into an entry of an export. Nobody has to know how many
//! there will be: nothing is collected in memory, and no file of them is ever on the disk.
//!
//! `seal-rows COUNT CERTIFICATE.pem OUTBOX`

use std::io::Write;
use std::time::SystemTime;

use smimezip::Certificate;
use smimezip::build::{BuildOptions, EntryAttributes, FolderSink};
use smimezip::export::ExportBuilder;
use smimezip::keys::Recipient;
use smimezip::parts::{Position, SetName};

/// What a driver of a database would return, row by row.
fn query(count: u32) -> impl Iterator<Item = (u32, String)> {
    (1..=count).map(|id| (id, format!("customer {id}")))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(count), Some(certificate), Some(outbox)) =
        (arguments.next(), arguments.next(), arguments.next())
    else {
        return Err("usage: seal-rows COUNT CERTIFICATE.pem OUTBOX".into());
    };
    let certificate = Certificate::from_file(certificate)?;
    let name = SetName::random()?;
    let options = BuildOptions::new().part_size(100 << 20);
    let sink = FolderSink::new(outbox, &name.part(Position::Last), &options)?;
    let mut archive = ExportBuilder::new(name)
        .recipient(Recipient::from_certificate(&certificate, SystemTime::now())?)
        .build_options(&options)
        .writer(sink)?;

    let mut entry = archive.begin_file("entities/customers.csv", &EntryAttributes::new())?;
    writeln!(entry, "id,name")?;
    for (id, name) in query(count.parse()?) {
        writeln!(entry, "{id},{name}")?;
    }
    entry.finish()?;

    // Until here nothing is in the outbox under its name; dropped, the writer takes it all back.
    let built = archive.finish()?;
    println!("{} bytes in {} parts", built.bytes, built.parts.len());
    Ok(())
}

//! `smimezip list`.

use serde_json::json;
use smimezip::parts::PartName;
use smimezip::zip::Availability;
use smimezip::{Archive, Entry, Export};

use super::{Context, exports};
use crate::args::List;
use crate::console;
use crate::exit::Outcome;
use crate::json;
use crate::keyring;
use crate::report;
use crate::select::Selected;
use crate::text;

pub(crate) fn run(args: &List, context: &Context) -> Outcome {
    let console = &context.console;
    let mut selected = Selected::of_names(&args.what.selection)?;
    let exports = exports(&args.what.inputs)?;
    let mut keys = keyring::load_for(&exports, &args.what.keys, context)?;
    let several = exports.len() > 1;
    for export in context.turns(exports) {
        let archive = context.unlock_some(&export, &mut keys, true)?;
        if !selected.note(&archive) {
            continue;
        }
        if several && !console.json {
            console::line(&format!("{}:", text::safe(export.name())))?;
        }
        let mut files = 0_u64;
        let mut bytes = 0_u64;
        let mut unavailable = 0_u64;
        for entry in archive.entries() {
            if !selected.selects(entry) {
                continue;
            }
            if !entry.is_folder() {
                files += 1;
                bytes = bytes.saturating_add(entry.size());
            }
            let needs = needs(&archive, entry);
            unavailable += u64::from(!needs.is_empty());
            if console.json {
                json::line("entry", &value(&export, &archive, entry, &needs))?;
            } else {
                let mut line = line(&archive, entry, args.long);
                if !needs.is_empty() {
                    line.extend(["  (missing ", &report::named(&needs), ")"]);
                }
                console::line(&line)?;
            }
        }
        let oddities = archive.oddities();
        if console.json {
            for oddity in &oddities {
                let mut fields = report::oddity_value(oddity);
                fields["export"] = json!(export.name());
                json::line("oddity", &fields)?;
            }
        }
        report::oddities(console, &oddities);
        let files = text::count(files, "file");
        console.say(&format!("{}: {files}, {}", export.name(), text::size(bytes)));
        if unavailable > 0 {
            let (entries, parts) = (text::count(unavailable, "entry"), archive.missing().len());
            let parts = text::count(parts as u64, "part");
            console.say(&format!(
                "{}: {parts} missing, without which {entries} cannot be read; `smimezip which` \
                 names the parts for a choice of entries",
                export.name()
            ));
        }
    }
    selected.check()
}

fn line(archive: &Archive, entry: &Entry, long: bool) -> String {
    let (size, name) = (entry.size(), text::safe(entry.raw_name()));
    let modified = text::modified(entry.modified());
    if !long {
        return format!("{size:>14}  {modified:<16}  {name}");
    }
    let (compressed, method) = (entry.compressed_size(), entry.compression_method());
    let (crc, parts) = (entry.crc32(), text::safe(&text::parts(archive.parts_of(entry))));
    format!("{size:>14} {compressed:>14} {method:>3} {crc:08x}  {modified:<16}  {name}  [{parts}]")
}

/// The missing parts that an entry needs.
fn needs(archive: &Archive, entry: &Entry) -> Vec<PartName> {
    match archive.availability(entry) {
        Availability::Available => Vec::new(),
        Availability::Needs(parts) => parts,
    }
}

fn value(
    export: &Export,
    archive: &Archive,
    entry: &Entry,
    needs: &[PartName],
) -> serde_json::Value {
    json!({
        "export": export.name(),
        "name": entry.raw_name(),
        "kind": entry.kind().to_string(),
        "size": entry.size(),
        "compressed_size": entry.compressed_size(),
        "method": entry.compression_method(),
        "crc32": format!("{:08x}", entry.crc32()),
        "modified": text::rfc3339(entry.modified()),
        "encrypted": entry.is_encrypted(),
        "parts": archive.parts_of(entry).collect::<Vec<_>>(),
        "missing": needs.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

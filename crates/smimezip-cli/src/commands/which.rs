//! `smimezip which`: the part files that a choice of entries needs, by the last part alone.

use std::collections::BTreeMap;

use serde_json::json;
use smimezip::extract::Patterns;
use smimezip::parts::Position;
use smimezip::{Archive, Export};

use super::{Context, one_export};
use crate::args::Which;
use crate::console;
use crate::exit::{Failure, Outcome};
use crate::json;
use crate::keyring;

pub(crate) fn run(args: &Which, context: &Context) -> Outcome {
    let console = &context.console;
    let usage = |error: smimezip::Error| Failure::Usage(error.to_string());
    let patterns = Patterns::new(&args.patterns).map_err(usage)?;
    let export = one_export(&args.input)?;
    let mut keys = keyring::load_for(std::slice::from_ref(&export), &args.keys, context)?;
    let archive = context.unlock_some(&export, &mut keys, true)?;
    let parts = Parts::of(&export, &archive);
    let mut needed = BTreeMap::new();
    let mut has_matched = false;
    for entry in archive.entries() {
        if !args.patterns.is_empty() && !patterns.matches(entry.raw_name()) {
            continue;
        }
        has_matched = true;
        needed.extend(archive.parts_of(entry).filter_map(|name| parts.0.get_key_value(name)));
    }
    if !has_matched {
        return Err(Failure::NoMatch(
            "no entry matches; a pattern is for the whole name, in which `*` does not match `/`, \
             and `**` does"
                .into(),
        ));
    }
    // The directory is read in any case.
    needed.extend(archive.parts_of_directory().filter_map(|name| parts.0.get_key_value(name)));
    let mut needed: Vec<_> =
        needed.into_iter().filter(|(_, part)| args.all || part.is_missing).collect();
    needed.sort_by_key(|(_, part)| part.position);
    for (name, part) in &needed {
        if console.json {
            let fields = json!({
                "export": export.name(),
                "name": name,
                "is_missing": part.is_missing,
            });
            json::line("part", &fields)?;
        } else {
            console::line(&crate::text::safe(name))?;
        }
    }
    if needed.is_empty() {
        console.say(&format!("{}: all parts that it takes are there", export.name()));
    }
    Ok(())
}

/// All parts of an export by their names.
struct Parts(BTreeMap<String, Place>);

/// Where a part stands, and whether it is not there.
struct Place {
    position: Position,
    is_missing: bool,
}

impl Parts {
    fn of(export: &Export, archive: &Archive) -> Self {
        let place = |position, is_missing| Place { position, is_missing };
        let there = export.parts().iter();
        let there = there.map(|part| (part.name().to_owned(), place(part.position(), false)));
        let missing = archive.missing().into_iter();
        let missing = missing.map(|name| (name.to_string(), place(name.position(), true)));
        Self(there.chain(missing).collect())
    }
}

//! What `smimezip inspect` found out about a set as a whole: what is missing, what is there twice.
//! What is in a part is not its business.

use std::collections::BTreeMap;

use smimezip::export::Manifest;
use smimezip::parts::{PartName, Position};
use smimezip::{Error, ErrorKind, Export, Part};

use super::Finding;

/// What is known of the set as a whole.
#[derive(Default)]
pub(super) struct SetFinding {
    /// Opening it has shown that all parts are here.
    pub(super) is_complete: bool,
    pub(super) missing: Vec<String>,
    pub(super) extra: Vec<String>,
    /// Copies of parts that are not the same as the part.
    pub(super) duplicates: Vec<String>,
    /// Copies of parts that are, and are ignored.
    pub(super) ignored: Vec<String>,
    /// Copies that are taken as the part, which is not there.
    pub(super) stand_ins: Vec<String>,
    pub(super) unfinished: Vec<String>,
    pub(super) misnamed: Vec<String>,
    /// The highest part, if parts may follow it that are not here, which is seen with a key only.
    pub(super) open_end: Option<String>,
    /// The manifest beside the parts, if there is one: how many parts it names; or what is wrong.
    pub(super) manifest: Option<Result<usize, Error>>,
    /// Parts of another size than the manifest says.
    pub(super) resized: Vec<String>,
}

fn texts(names: &[PartName]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

impl SetFinding {
    /// `opened` is how opening ended, if that was tried; it knows of all missing parts.
    pub(super) fn new(export: &Export, opened: Option<&Result<(), Error>>, no_key: bool) -> Self {
        let mut set = Self {
            stand_ins: export.stand_ins(),
            is_complete: matches!(opened, Some(Ok(()))),
            ..Self::default()
        };
        if let Some(Err(error)) = opened
            && let ErrorKind::IncompleteSet {
                missing, extra, duplicates, unfinished, misnamed, ..
            } = error.kind()
        {
            set.missing = texts(missing);
            set.extra.clone_from(extra);
            set.duplicates.clone_from(duplicates);
            set.unfinished.clone_from(unfinished);
            set.misnamed.clone_from(misnamed);
        } else {
            set.missing = texts(&export.missing());
            set.duplicates = export.conflicting().unwrap_or_else(|_| export.duplicates());
            set.unfinished = export.unfinished();
            set.misnamed = export.misnamed();
            let is_split = |part: &&Part| !matches!(part.position(), Position::Last);
            let last_split = export.parts().iter().rfind(is_split);
            let open_end = last_split.filter(|_| no_key && !set.is_complete);
            set.open_end = open_end.map(|part| part.name().to_owned());
        }
        set.ignored = export.duplicates();
        set.ignored.retain(|name| !set.duplicates.contains(name));
        set
    }

    /// Adds what a manifest says of the set, which only a key would show otherwise.
    pub(super) fn take_manifest(
        &mut self,
        manifest: Result<Manifest, Error>,
        export: &Export,
        findings: &[Finding],
    ) {
        if let Ok(manifest) = &manifest {
            let compared = manifest.compare_names(export.parts());
            let sizes: BTreeMap<String, u64> =
                manifest.parts().iter().map(|it| (it.name().to_string(), it.size())).collect();
            let size = |name: &str| {
                let of_copy = || sizes.get(&PartName::parse_copy(name)?.to_string());
                sizes.get(name).or_else(of_copy)
            };
            let is_other = |it: &&Finding| size(&it.name).is_some_and(|size| *size != it.size);
            self.resized = findings.iter().filter(is_other).map(|it| it.name.clone()).collect();
            add(&mut self.missing, texts(&compared.missing));
            add(&mut self.extra, compared.extra);
            self.open_end = None;
        }
        self.manifest = Some(manifest.map(|manifest| manifest.parts().len()));
    }

    /// All of it, each with what it is.
    pub(super) fn lists(&self) -> [(&'static str, &[String]); 8] {
        [
            ("another size than the manifest says", &self.resized),
            ("missing", &self.missing),
            ("not part of this set", &self.extra),
            ("duplicates", &self.duplicates),
            ("the same as the part, and ignored", &self.ignored),
            ("a copy by its name, and taken as the part, which is not there", &self.stand_ins),
            ("still being downloaded", &self.unfinished),
            ("perhaps a missing part under a wrong name", &self.misnamed),
        ]
    }

    pub(super) fn is_whole(&self) -> bool {
        self.missing.is_empty() && self.extra.is_empty() && self.duplicates.is_empty()
    }
}

/// Adds the names that are not there yet.
fn add(names: &mut Vec<String>, more: Vec<String>) {
    let more: Vec<String> = more.into_iter().filter(|name| !names.contains(name)).collect();
    names.extend(more);
}

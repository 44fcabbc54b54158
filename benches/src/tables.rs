//! The jobs, and the ways to do each: ours first, which the others are compared with.

pub(crate) mod decrypt;
pub(crate) mod export;
pub(crate) mod faces;
pub(crate) mod huge;
pub(crate) mod little;
pub(crate) mod making;
pub(crate) mod plain;
pub(crate) mod status;

use std::path::Path;

fn text(path: &Path) -> String {
    path.display().to_string()
}

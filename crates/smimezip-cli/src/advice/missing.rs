//! What to do about parts that are missing: fetch them, or do without them where that is possible.

use smimezip::parts::{PartName, Position};

use super::Task;

pub(super) fn advice(missing: &[PartName], task: Task) -> &'static str {
    // Without the last part nothing is known, and of pieces not always.
    let is_split = |name: &PartName| matches!(name.position(), Position::Split(_));
    match task {
        Task::Extract { available: false, .. } if missing.iter().all(is_split) => {
            "fetch the missing parts into the same folder (`smimezip which` names those for a \
             choice of entries), or extract what does not need them by --available"
        }
        Task::Verify { available: false, .. } if missing.iter().all(is_split) => {
            "fetch the missing parts into the same folder, or verify what does not need them by \
             --available"
        }
        _ => "fetch the missing parts into the same folder",
    }
}

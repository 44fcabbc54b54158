//! What to do about parts that are missing: fetch them, or do without them where that is possible.

use smimezip::parts::{PartName, Position};

use super::Task;

pub(super) fn advice(missing: &[PartName], task: Task) -> &'static str {
    // Without the last part nothing is known, and of pieces not always.
    let is_split = |name: &PartName| matches!(name.position(), Position::Split(_));
    let is_last_here = missing.iter().all(is_split);
    if is_last_here && matches!(task, Task::Extract { available: false, .. }) {
        return "fetch the missing parts into the same folder (`smimezip which` names those for a \
                choice of entries), or extract what does not need them by --available";
    }
    if is_last_here && matches!(task, Task::Verify { available: false, .. }) {
        return "fetch the missing parts into the same folder, or verify what does not need them by \
                --available";
    }
    if matches!(task, Task::Extract { available: false, .. }) {
        return "fetch the missing parts into the same folder; if they are not to be had any more, \
                `smimezip salvage` extracts what there is";
    }
    "fetch the missing parts into the same folder"
}

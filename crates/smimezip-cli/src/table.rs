//! A table on standard output, its columns as wide as they must be.

use crate::console;
use crate::exit::Outcome;

/// Prints the rows, whose cells are safe to be shown.
pub(crate) fn print(rows: &[Vec<String>]) -> Outcome {
    let columns = rows.first().map_or(0, Vec::len);
    let widths: Vec<usize> = (0..columns)
        .map(|at| rows.iter().filter_map(|row| row.get(at)).map(|it| it.chars().count()).max())
        .map(Option::unwrap_or_default)
        .collect();
    for row in rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        console::line(cells.collect::<Vec<_>>().join("  ").trim_end())?;
    }
    Ok(())
}

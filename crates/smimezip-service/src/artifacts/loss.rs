//! What a set loses when parts of it are deleted.

use std::fmt;

/// What deleting takes from one set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// The job that made the set.
    pub job_id: String,
    /// What the job is called.
    pub title: String,
    /// Which parts go, from 1.
    pub parts: Vec<u64>,
    /// How many parts are left.
    pub left: u64,
    /// Of how many.
    pub of: u64,
}

/// For people.
impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { title, parts, left, of, .. } = self;
        let last = parts.contains(of);
        if *left == 0 {
            return write!(f, "“{title}” loses all that is left of it.");
        }
        let numbers: Vec<String> = parts.iter().map(u64::to_string).collect();
        let word = if parts.len() == 1 { "part" } else { "parts" };
        let verb = if *left == 1 { "part is" } else { "parts are" };
        let numbers = numbers.join(", ");
        write!(f, "“{title}” loses {word} {numbers} of {of}; {left} {verb} left. ")?;
        f.write_str(if last {
            "Without the last part, which has the directory, the set cannot be opened."
        } else {
            "Files that are in a part that is gone cannot be extracted."
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_is_lost() {
        let loss =
            Loss { job_id: "j".into(), title: "Orders".into(), parts: vec![1, 3], left: 1, of: 4 };
        assert_eq!(
            loss.to_string(),
            "“Orders” loses parts 1, 3 of 4; 1 part is left. Files that are in a part that is gone \
             cannot be extracted."
        );
        let loss = Loss { parts: vec![4], left: 3, ..loss };
        assert!(loss.to_string().contains("part 4 of 4; 3 parts are left. Without the last"));
        let loss = Loss { left: 0, ..loss };
        assert_eq!(loss.to_string(), "“Orders” loses all that is left of it.");
    }
}

//! What somebody may see. Everything that reads or changes rows of jobs and artifacts is given a
//! [`Scope`]; what is outside of it looks as if it were not there.

/// Whose rows there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everybody's: for administrators.
    All,
    /// Those of the user with this identifier.
    Own(String),
}

impl Scope {
    /// That a row is in it, in SQL whose argument with this number is [`argument`](Self::argument).
    pub(crate) fn condition(&self, number: usize) -> String {
        match self {
            Self::All => format!("${number} = 'all'"),
            Self::Own(_) => format!("user_id = ${number}"),
        }
    }

    /// See [`condition`](Self::condition).
    pub(crate) fn argument(&self) -> &str {
        match self {
            Self::All => "all",
            Self::Own(user_id) => user_id,
        }
    }
}

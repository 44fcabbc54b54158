//! One user as the database has it.

use std::fmt;
use std::str::FromStr;

use sqlx::Row;
use sqlx::any::AnyRow;

use crate::ServiceError;
use crate::clock::Millis;

/// The longest name.
const MAX_NAME: usize = 64;

/// What a user may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// All jobs, and who the users are.
    Administrator,
    /// Own jobs and artifacts only.
    User,
}

/// Somebody who may log in.
#[derive(Clone, Debug)]
pub struct User {
    /// The identifier.
    pub id: String,
    /// What is typed to log in.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The certificate that new jobs are sealed for.
    pub certificate_id: Option<String>,
    /// Whether there is a password: not before the one-time link was used.
    pub has_password: bool,
    /// Since when the service knows them.
    pub created_at: Millis,
}

impl Role {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Administrator, Self::User];

    /// The word in the database and in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::User => "user",
        }
    }
}

/// For people.
impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Administrator => "Administrator",
            Self::User => "User",
        })
    }
}

impl FromStr for Role {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|known| known.as_str() == word).ok_or(())
    }
}

impl User {
    /// The columns that [`User::from_row`] reads.
    pub(crate) const COLUMNS: &'static str = "users.id, users.name, users.role, \
         users.certificate_id, \
         CASE WHEN users.password IS NULL THEN 0 ELSE 1 END AS has_password, users.created_at";

    /// Reads a row of [`User::COLUMNS`].
    ///
    /// # Errors
    /// [`sqlx::Error`] if it is no such row.
    pub(crate) fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let role: String = row.try_get("role")?;
        Ok(Self {
            id: row.try_get("id")?,
            name: row.try_get("name")?,
            // What is not known may do least.
            role: role.parse().unwrap_or(Role::User),
            certificate_id: row.try_get("certificate_id")?,
            // SQLite's expressions are 64 bits wide, PostgreSQL's here 32.
            has_password: match row.try_get::<i64, _>("has_password") {
                Ok(number) => number != 0,
                Err(_) => row.try_get::<i32, _>("has_password")? != 0,
            },
            created_at: row.try_get("created_at")?,
        })
    }

    /// Whether they may see what belongs to others.
    pub fn is_administrator(&self) -> bool {
        self.role == Role::Administrator
    }

    /// A name as it is kept: without spaces around it.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] if it is empty, too long, or has characters that are not seen.
    pub fn check_name(name: &str) -> Result<&str, ServiceError> {
        let name = name.trim();
        let refuse = |what: &str| Err(ServiceError::Invalid(what.into()));
        if name.is_empty() {
            return refuse("a user needs a name");
        }
        if name.chars().count() > MAX_NAME {
            return refuse("the name is longer than 64 characters");
        }
        if !name.chars().all(|c| c.is_alphanumeric() || " .-_@+'".contains(c)) {
            return refuse("a name has letters, digits, spaces and the characters . - _ @ + '");
        }
        Ok(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_nothing_that_is_not_seen() {
        assert_eq!(User::check_name(" Ada O'Neill ").unwrap(), "Ada O'Neill");
        for wrong in ["", "  ", "a\u{202e}b", "a\nb", "<b>", &"x".repeat(65)] {
            assert!(User::check_name(wrong).is_err(), "{wrong:?}");
        }
    }
}

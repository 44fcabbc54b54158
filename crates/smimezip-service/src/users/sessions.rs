//! Sessions of browsers. The cookie is a random secret of which the database has a digest only;
//! with it goes a token that every form carries, so that no other site sends one.

use std::collections::HashSet;

use sqlx::Row;
use subtle::ConstantTimeEq;

use crate::ServiceError;
use crate::clock::Millis;
use crate::database::Database;
use crate::id::{digest, new_secret};
use crate::users::User;

/// A session ends if nothing was asked for so long.
pub const IDLE: Millis = 12 * 60 * 60 * 1000;
/// And in any case after so long.
pub const LONGEST: Millis = 7 * 24 * 60 * 60 * 1000;
/// How often it is written down that it was used.
const SEEN_EVERY: Millis = 60 * 1000;

/// A browser in which somebody is logged in.
#[derive(Clone, Debug)]
pub struct Session {
    /// Who.
    pub user: User,
    /// What each form must carry.
    form_token: String,
    /// The digest of the cookie.
    secret: String,
}

impl Session {
    /// What a form carries.
    pub fn form_token(&self) -> &str {
        &self.form_token
    }

    /// Whether it is one of these, as [`all`] returns them.
    pub(super) fn is_among(&self, secrets: &HashSet<String>) -> bool {
        secrets.contains(&self.secret)
    }

    /// Whether that is what a form carried; compared in constant time.
    pub fn is_form_token(&self, given: &str) -> bool {
        self.form_token.as_bytes().ct_eq(given.as_bytes()).into()
    }
}

/// Begins a session and returns its cookie. Whoever knew a cookie of before has gained nothing:
/// this is a new one.
///
/// # Errors
/// [`ServiceError::Database`].
pub async fn begin(database: &Database, now: Millis, user: &str) -> Result<String, ServiceError> {
    let cookie = new_secret()?;
    sqlx::query("DELETE FROM sessions WHERE seen_at < $1 OR created_at < $2")
        .bind(now - IDLE)
        .bind(now - LONGEST)
        .execute(database.pool())
        .await?;
    sqlx::query(
        "INSERT INTO sessions (secret, user_id, form_token, created_at, seen_at) \
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(digest(&cookie))
    .bind(user)
    .bind(new_secret()?)
    .bind(now)
    .bind(now)
    .execute(database.pool())
    .await?;
    Ok(cookie)
}

/// The session of a cookie, if it goes on.
///
/// # Errors
/// [`ServiceError::Database`].
pub async fn find(
    database: &Database,
    now: Millis,
    cookie: &str,
) -> Result<Option<Session>, ServiceError> {
    let secret = digest(cookie);
    let sql = format!(
        "SELECT {}, sessions.form_token, sessions.seen_at FROM sessions \
         JOIN users ON users.id = sessions.user_id \
         WHERE sessions.secret = $1 AND sessions.seen_at > $2 AND sessions.created_at > $3",
        User::COLUMNS
    );
    let row = sqlx::query(&sql)
        .bind(&secret)
        .bind(now - IDLE)
        .bind(now - LONGEST)
        .fetch_optional(database.pool())
        .await?;
    let Some(row) = row else { return Ok(None) };
    if row.try_get::<i64, _>("seen_at")? < now - SEEN_EVERY {
        sqlx::query("UPDATE sessions SET seen_at = $1 WHERE secret = $2")
            .bind(now)
            .bind(&secret)
            .execute(database.pool())
            .await?;
    }
    Ok(Some(Session {
        user: User::from_row(&row)?,
        form_token: row.try_get("form_token")?,
        secret,
    }))
}

/// The digests of all that go on.
///
/// # Errors
/// [`ServiceError::Database`].
pub(super) async fn all(database: &Database, now: Millis) -> Result<HashSet<String>, ServiceError> {
    let sql = "SELECT secret FROM sessions WHERE seen_at > $1 AND created_at > $2";
    let rows = sqlx::query(sql).bind(now - IDLE).bind(now - LONGEST);
    let rows = rows.fetch_all(database.pool()).await?;
    Ok(rows.iter().map(|row| row.try_get("secret")).collect::<Result<_, _>>()?)
}

/// Ends a session.
///
/// # Errors
/// [`ServiceError::Database`].
pub async fn end(database: &Database, cookie: &str) -> Result<(), ServiceError> {
    let sql = "DELETE FROM sessions WHERE secret = $1";
    sqlx::query(sql).bind(digest(cookie)).execute(database.pool()).await?;
    Ok(())
}

/// Ends all sessions of a user but `kept`: after a new password nobody stays who knew the old one.
/// Tokens of programs are not sessions; they stay until they are deleted.
///
/// # Errors
/// [`ServiceError::Database`].
pub async fn end_others(
    database: &Database,
    user: &str,
    kept: Option<&Session>,
) -> Result<(), ServiceError> {
    sqlx::query("DELETE FROM sessions WHERE user_id = $1 AND secret <> $2")
        .bind(user)
        .bind(kept.map_or("", |session| &session.secret))
        .execute(database.pool())
        .await?;
    Ok(())
}

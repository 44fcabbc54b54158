//! Tokens by which programs come in place of a user: shown once, kept as a digest.

use sqlx::Row;

use crate::ServiceError;
use crate::clock::Millis;
use crate::database::Database;
use crate::id::{digest, new_id, new_secret};
use crate::users::User;

/// What a token begins with, so that whoever finds one knows what it is.
const PREFIX: &str = "smimezip_";
/// How many a user may have.
const MAX_TOKENS: i64 = 50;
/// The longest name.
const MAX_NAME: usize = 64;
/// How often it is written down that it was used.
const USED_EVERY: Millis = 60 * 1000;

/// A token as its owner sees it.
#[derive(Clone, Debug)]
pub struct Token {
    /// The identifier.
    pub id: String,
    /// What the owner called it.
    pub name: String,
    /// When it was made.
    pub created_at: Millis,
    /// When it was last used, to the minute.
    pub used_at: Option<Millis>,
}

/// Makes a token and returns it with its secret: this is the only time that the secret is seen.
///
/// # Errors
/// [`ServiceError::Invalid`] for a name that cannot be used or one token too many.
pub async fn create(
    database: &Database,
    now: Millis,
    user: &str,
    name: &str,
) -> Result<(Token, String), ServiceError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > MAX_NAME || name.chars().any(char::is_control) {
        let what = format!("a token needs a name of at most {MAX_NAME} characters");
        return Err(ServiceError::Invalid(what));
    }
    if list(database, user).await?.len() >= usize::try_from(MAX_TOKENS).unwrap_or(usize::MAX) {
        let what = format!("there are {MAX_TOKENS} tokens already; delete one first");
        return Err(ServiceError::Invalid(what));
    }
    let secret = format!("{PREFIX}{}", new_secret()?);
    let token = Token { id: new_id()?, name: name.to_owned(), created_at: now, used_at: None };
    sqlx::query(
        "INSERT INTO api_tokens (id, user_id, name, secret, created_at) \
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(&token.id)
    .bind(user)
    .bind(name)
    .bind(digest(&secret))
    .bind(now)
    .execute(database.pool())
    .await?;
    Ok((token, secret))
}

/// Whose token it is.
///
/// # Errors
/// [`ServiceError::Unauthenticated`] if there is no such token.
pub async fn find(database: &Database, now: Millis, token: &str) -> Result<User, ServiceError> {
    let secret = digest(token);
    let sql = format!(
        "SELECT {}, COALESCE(api_tokens.used_at, 0) AS used_at FROM api_tokens \
         JOIN users ON users.id = api_tokens.user_id WHERE api_tokens.secret = $1",
        User::COLUMNS
    );
    let row = sqlx::query(&sql).bind(&secret).fetch_optional(database.pool()).await?;
    let row = row.ok_or(ServiceError::Unauthenticated)?;
    if row.try_get::<i64, _>("used_at")? < now - USED_EVERY {
        sqlx::query("UPDATE api_tokens SET used_at = $1 WHERE secret = $2")
            .bind(now)
            .bind(&secret)
            .execute(database.pool())
            .await?;
    }
    Ok(User::from_row(&row)?)
}

/// All of a user, the newest first.
///
/// # Errors
/// [`ServiceError::Database`].
pub async fn list(database: &Database, user: &str) -> Result<Vec<Token>, ServiceError> {
    let rows = sqlx::query(
        "SELECT id, name, created_at, used_at FROM api_tokens WHERE user_id = $1 \
         ORDER BY created_at DESC, id",
    )
    .bind(user)
    .fetch_all(database.pool())
    .await?;
    let tokens = rows.iter().map(|row| {
        Ok(Token {
            id: row.try_get("id")?,
            name: row.try_get("name")?,
            created_at: row.try_get("created_at")?,
            used_at: row.try_get("used_at")?,
        })
    });
    Ok(tokens.collect::<Result<_, sqlx::Error>>()?)
}

/// Deletes one of the user's own.
///
/// # Errors
/// [`ServiceError::NotFound`].
pub async fn delete(database: &Database, user: &str, id: &str) -> Result<(), ServiceError> {
    let done = sqlx::query("DELETE FROM api_tokens WHERE id = $1 AND user_id = $2")
        .bind(id)
        .bind(user)
        .execute(database.pool())
        .await?;
    if done.rows_affected() == 0 { Err(ServiceError::NotFound("token")) } else { Ok(()) }
}

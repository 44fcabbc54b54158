//! One-time links: whoever has one sets a password, once. So no password is ever sent to anybody,
//! and there is none from the beginning.

use sqlx::Row;

use crate::ServiceError;
use crate::clock::Millis;
use crate::database::Database;
use crate::id::{digest, new_secret};
use crate::users::{User, password};

/// How long a link is valid.
pub const VALID: Millis = 7 * 24 * 60 * 60 * 1000;

/// A new link's secret; those of before are no longer valid.
///
/// # Errors
/// [`ServiceError::Database`].
pub async fn create(database: &Database, now: Millis, user: &str) -> Result<String, ServiceError> {
    let secret = new_secret()?;
    let mut transaction = database.pool().begin().await?;
    sqlx::query("DELETE FROM one_time_links WHERE user_id = $1 OR expires_at < $2")
        .bind(user)
        .bind(now)
        .execute(&mut *transaction)
        .await?;
    sqlx::query("INSERT INTO one_time_links (secret, user_id, expires_at) VALUES ($1, $2, $3)")
        .bind(digest(&secret))
        .bind(user)
        .bind(now + VALID)
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(secret)
}

/// Whose password a link sets, if it is valid.
///
/// # Errors
/// [`ServiceError::NotFound`] if it is not.
pub async fn find(database: &Database, now: Millis, secret: &str) -> Result<User, ServiceError> {
    let sql = format!(
        "SELECT {} FROM one_time_links JOIN users ON users.id = one_time_links.user_id \
         WHERE one_time_links.secret = $1 AND one_time_links.expires_at > $2",
        User::COLUMNS
    );
    let row = sqlx::query(&sql).bind(digest(secret)).bind(now).fetch_optional(database.pool());
    Ok(User::from_row(&row.await?.ok_or(ServiceError::NotFound("link"))?)?)
}

/// Sets the password and uses the link up; sessions of before end.
///
/// # Errors
/// [`ServiceError::NotFound`] if the link is not valid (any more), [`ServiceError::Invalid`] if the
/// password cannot be used; the link still can.
pub async fn redeem(
    database: &Database,
    now: Millis,
    secret: &str,
    new_password: &str,
) -> Result<String, ServiceError> {
    find(database, now, secret).await?;
    let kept = password::hash(new_password).await?;
    let mut transaction = database.pool().begin().await?;
    // Of two who come at the same moment, one finds no row to delete.
    let row = sqlx::query(
        "DELETE FROM one_time_links WHERE secret = $1 AND expires_at > $2 RETURNING user_id",
    )
    .bind(digest(secret))
    .bind(now)
    .fetch_optional(&mut *transaction)
    .await?;
    let user: String = row.ok_or(ServiceError::NotFound("link"))?.try_get("user_id")?;
    sqlx::query("UPDATE users SET password = $1 WHERE id = $2")
        .bind(kept)
        .bind(&user)
        .execute(&mut *transaction)
        .await?;
    sqlx::query("DELETE FROM sessions WHERE user_id = $1")
        .bind(&user)
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(user)
}

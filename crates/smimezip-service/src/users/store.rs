//! Users in the database.

use sqlx::Row;

use crate::ServiceError;
use crate::clock::Millis;
use crate::database::Database;
use crate::id::new_id;
use crate::listing::fold;
use crate::users::{Role, User, password, sessions};

/// The name of the first administrator.
const FIRST: &str = "admin";

/// Makes a user who has no password yet.
///
/// # Errors
/// [`ServiceError::Invalid`] for a name that cannot be used, [`ServiceError::Conflict`] if it is
/// taken.
pub async fn create(
    database: &Database,
    now: Millis,
    name: &str,
    role: Role,
) -> Result<User, ServiceError> {
    let name = User::check_name(name)?;
    let id = new_id()?;
    let done = sqlx::query(
        "INSERT INTO users (id, name, name_folded, role, created_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (name) DO NOTHING",
    )
    .bind(&id)
    .bind(name)
    .bind(fold(name))
    .bind(role.as_str())
    .bind(now)
    .execute(database.pool())
    .await?;
    if done.rows_affected() == 0 {
        return Err(ServiceError::Conflict(format!("there is a user {name} already")));
    }
    get(database, &id).await
}

/// The administrator who is to set the first password: made if nobody is there. `None` once an
/// administrator has a password.
///
/// # Errors
/// [`ServiceError::Database`].
pub async fn first(database: &Database, now: Millis) -> Result<Option<User>, ServiceError> {
    let users = list(database).await?;
    let mut administrators = users.iter().filter(|user| user.is_administrator());
    if administrators.clone().any(|user| user.has_password) {
        return Ok(None);
    }
    match administrators.next() {
        Some(user) => Ok(Some(user.clone())),
        None => match create(database, now, FIRST, Role::Administrator).await {
            Ok(user) => Ok(Some(user)),
            // Another process was quicker.
            Err(ServiceError::Conflict(_)) => Ok(None),
            Err(error) => Err(error),
        },
    }
}

/// A user by identifier.
///
/// # Errors
/// [`ServiceError::NotFound`].
pub async fn get(database: &Database, id: &str) -> Result<User, ServiceError> {
    let sql = format!("SELECT {} FROM users WHERE id = $1", User::COLUMNS);
    let row = sqlx::query(&sql).bind(id).fetch_optional(database.pool()).await?;
    Ok(User::from_row(&row.ok_or(ServiceError::NotFound("user"))?)?)
}

/// All of them, by name.
///
/// # Errors
/// [`ServiceError::Database`].
pub async fn list(database: &Database) -> Result<Vec<User>, ServiceError> {
    let sql = format!("SELECT {} FROM users ORDER BY users.name_folded, users.name", User::COLUMNS);
    let rows = sqlx::query(&sql).fetch_all(database.pool()).await?;
    Ok(rows.iter().map(User::from_row).collect::<Result<_, _>>()?)
}

/// Who has this name and this password.
///
/// # Errors
/// [`ServiceError::Unauthenticated`] if nobody has, whatever of it is wrong.
pub async fn authenticate(
    database: &Database,
    name: &str,
    given: &str,
) -> Result<User, ServiceError> {
    let sql = format!("SELECT {}, users.password FROM users WHERE name = $1", User::COLUMNS);
    let row = sqlx::query(&sql).bind(name.trim()).fetch_optional(database.pool()).await?;
    let kept = match &row {
        Some(row) => row.try_get::<Option<String>, _>("password")?,
        None => None,
    };
    let is_right = password::verify(given, kept).await?;
    let row = row.filter(|_| is_right).ok_or(ServiceError::Unauthenticated)?;
    Ok(User::from_row(&row)?)
}

/// Another password for whoever is logged in and knows the old one; other browsers are logged out.
///
/// # Errors
/// [`ServiceError::Unauthenticated`] if the old one is wrong, [`ServiceError::Invalid`] if the new
/// one cannot be used.
pub async fn change_password(
    database: &Database,
    session: &sessions::Session,
    old: &str,
    new: &str,
) -> Result<(), ServiceError> {
    let user = &session.user;
    authenticate(database, &user.name, old).await?;
    let kept = password::hash(new).await?;
    sqlx::query("UPDATE users SET password = $1 WHERE id = $2")
        .bind(kept)
        .bind(&user.id)
        .execute(database.pool())
        .await?;
    sessions::end_others(database, &user.id, Some(session)).await
}

/// Deletes a user who has no jobs (any more).
///
/// # Errors
/// [`ServiceError::NotFound`]; [`ServiceError::Conflict`] if there are jobs of theirs.
pub async fn delete(database: &Database, id: &str) -> Result<(), ServiceError> {
    let done = sqlx::query(
        "DELETE FROM users WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM jobs WHERE user_id = $1)",
    )
    .bind(id)
    .execute(database.pool())
    .await?;
    if done.rows_affected() == 0 {
        let name = get(database, id).await?.name;
        return Err(ServiceError::Conflict(format!("delete the jobs of {name} first")));
    }
    Ok(())
}

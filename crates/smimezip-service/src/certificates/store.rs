//! Certificates in the database: of each user the one that new jobs are sealed for.

use sqlx::Row;

use super::examine::{Finding, examine};
use crate::ServiceError;
use crate::clock::Millis;
use crate::database::Database;
use crate::id::new_id;

/// The longest file that is looked at: a certificate has some thousand bytes, with post-quantum
/// keys some more.
const MAX_FILE: usize = 256 << 10;

/// A user's certificate.
#[derive(Clone, Debug)]
pub struct StoredCertificate {
    /// What can be said of it now.
    pub finding: Finding,
    /// When it was uploaded.
    pub created_at: Millis,
}

/// Examines a file and keeps its certificate as the user's, in place of the one before. One that is
/// not valid now is kept as well, and no job starts with it.
///
/// # Errors
/// As [`examine`]; [`ServiceError::Invalid`] if nothing can be sealed for it at any time.
pub async fn upload(
    database: &Database,
    now: Millis,
    user: &str,
    file: &[u8],
) -> Result<Finding, ServiceError> {
    if file.len() > MAX_FILE {
        return Err(ServiceError::Invalid("the file is too large to be a certificate".into()));
    }
    let finding = examine(file, now)?;
    if let (None, Some(problem)) = (&finding.how, &finding.problem) {
        return Err(ServiceError::Invalid(problem.clone()));
    }
    let id = new_id()?;
    let mut transaction = database.pool().begin().await?;
    // Those before stay: a job that is cloned must not take one for somebody else's.
    sqlx::query("DELETE FROM certificates WHERE user_id = $1 AND pem = $2")
        .bind(user)
        .bind(&finding.pem)
        .execute(&mut *transaction)
        .await?;
    sqlx::query(
        "INSERT INTO certificates (id, user_id, pem, subject, not_before, not_after, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(&id)
    .bind(user)
    .bind(&finding.pem)
    .bind(&finding.subject)
    .bind(finding.not_before)
    .bind(finding.not_after)
    .bind(now)
    .execute(&mut *transaction)
    .await?;
    sqlx::query("UPDATE users SET certificate_id = $1 WHERE id = $2")
        .bind(&id)
        .bind(user)
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(finding)
}

/// All certificates that a user has uploaded, the present one and those before it, PEM as
/// [`Finding::pem`].
///
/// # Errors
/// [`ServiceError::Database`].
pub async fn ever(database: &Database, user: &str) -> Result<Vec<String>, ServiceError> {
    let rows = sqlx::query("SELECT pem FROM certificates WHERE user_id = $1")
        .bind(user)
        .fetch_all(database.pool())
        .await?;
    Ok(rows.iter().map(|row| row.try_get("pem")).collect::<Result<_, _>>()?)
}

/// The user's certificate, if there is one, examined again: it may have expired.
///
/// # Errors
/// [`ServiceError::Database`].
pub async fn current(
    database: &Database,
    now: Millis,
    user: &str,
) -> Result<Option<StoredCertificate>, ServiceError> {
    let row = sqlx::query(
        "SELECT certificates.pem, certificates.created_at FROM certificates \
         JOIN users ON users.certificate_id = certificates.id WHERE users.id = $1",
    )
    .bind(user)
    .fetch_optional(database.pool())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let pem: String = row.try_get("pem")?;
    let finding = examine(pem.as_bytes(), now)?;
    Ok(Some(StoredCertificate { finding, created_at: row.try_get("created_at")? }))
}

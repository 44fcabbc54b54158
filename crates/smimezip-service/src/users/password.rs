//! Passwords: Argon2id (RFC 9106), which is slow on purpose. It runs in threads of its own, and few
//! at a time, so that many attempts take neither all memory nor the threads that serve pages.

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use tokio::sync::Semaphore;

use crate::ServiceError;

/// The shortest password, in characters (NIST SP 800-63B asks for 8).
pub const MIN_LENGTH: usize = 12;
/// The longest, in bytes.
const MAX_LENGTH: usize = 1024;
/// How many are computed at the same time; each takes 19 MiB.
static SLOTS: Semaphore = Semaphore::const_new(2);
/// What is verified if there is no such user, so that this takes as long: of a password that nobody
/// knows.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5a25vd3N0aGlz$4rGuoSqpPrA9Yp8LVTgFMJXkFmyUOzD6pSFvN2OaEEs";

/// What is kept of `password`: a PHC string.
///
/// # Errors
/// [`ServiceError::Invalid`] if it is too short or too long.
pub async fn hash(password: &str) -> Result<String, ServiceError> {
    if password.chars().count() < MIN_LENGTH {
        return Err(ServiceError::Invalid(format!(
            "a password needs at least {MIN_LENGTH} characters"
        )));
    }
    if password.len() > MAX_LENGTH {
        return Err(ServiceError::Invalid(format!(
            "the password is longer than {MAX_LENGTH} bytes"
        )));
    }
    let password = password.to_owned();
    in_a_slot(move || {
        let mut salt = [0; 16];
        getrandom::fill(&mut salt).map_err(|_| ServiceError::Random)?;
        let failed = |_| ServiceError::Invalid("the password cannot be used".into());
        let salt = SaltString::encode_b64(&salt).map_err(failed)?;
        let hash = Argon2::default().hash_password(password.as_bytes(), &salt);
        Ok(hash.map_err(failed)?.to_string())
    })
    .await?
}

/// Whether `password` is the one that `kept` was made of. Without `kept` it is not, which takes as
/// long.
///
/// # Errors
/// [`ServiceError::Conflict`] while the service stops.
pub async fn verify(password: &str, kept: Option<String>) -> Result<bool, ServiceError> {
    if password.len() > MAX_LENGTH {
        return Ok(false);
    }
    let password = password.to_owned();
    in_a_slot(move || {
        let text = kept.as_deref().unwrap_or(NOBODY);
        let matches = PasswordHash::new(text).is_ok_and(|hash| {
            Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()
        });
        matches && kept.is_some()
    })
    .await
}

async fn in_a_slot<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ServiceError> {
    let stopping = || ServiceError::Conflict("the service stops".into());
    let _slot = SLOTS.acquire().await.map_err(|_| stopping())?;
    tokio::task::spawn_blocking(work).await.map_err(|_| stopping())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn w4_only_the_password_itself_is_right() {
        let kept = hash("correct horse battery").await.unwrap();
        assert!(kept.starts_with("$argon2id$"));
        assert!(verify("correct horse battery", Some(kept.clone())).await.unwrap());
        assert!(!verify("correct horse batterY", Some(kept)).await.unwrap());
        assert!(!verify("correct horse battery", None).await.unwrap());
    }

    #[tokio::test]
    async fn a_short_password_is_refused() {
        let error = hash("short").await.unwrap_err();
        assert_eq!(error.to_string(), "a password needs at least 12 characters");
    }

    #[test]
    fn what_nobody_knows_is_a_hash_with_the_same_costs() {
        let hash = PasswordHash::new(NOBODY).unwrap();
        let costs = argon2::Params::try_from(&hash).unwrap();
        assert_eq!(costs.m_cost(), argon2::Params::DEFAULT.m_cost());
        assert_eq!(costs.t_cost(), argon2::Params::DEFAULT.t_cost());
    }
}

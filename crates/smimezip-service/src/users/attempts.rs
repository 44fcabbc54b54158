//! How many wrong passwords are allowed: so many for one name, and for one address, in so long. It
//! is counted in memory and by a clock that never jumps; another process counts for itself.

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::ServiceError;
use crate::id::digest;

/// In how long.
const WINDOW: Duration = Duration::from_secs(15 * 60);
/// Of one name.
const OF_NAME: usize = 10;
/// From one address, where many people may sit.
const OF_ADDRESS: usize = 50;
/// Of how many names and addresses it is remembered; then what is oldest is forgotten.
const REMEMBERED: usize = 20_000;

/// The wrong passwords of late.
#[derive(Debug, Default)]
pub struct Attempts {
    failed: Mutex<HashMap<String, VecDeque<Instant>>>,
}

impl Attempts {
    /// Whether another attempt is allowed now.
    ///
    /// # Errors
    /// [`ServiceError::TooMany`] with the time to wait.
    pub fn check(&self, name: &str, address: &str) -> Result<(), ServiceError> {
        self.check_at(Instant::now(), name, address)
    }

    /// Remembers an attempt.
    pub fn failed(&self, name: &str, address: &str) {
        self.failed_at(Instant::now(), name, address);
    }

    /// Forgets what was wrong of this name, whose owner has come; and of the address the last
    /// attempt, which was counted before it was known to be right.
    pub fn succeeded(&self, name: &str, address: &str) {
        let mut failed = self.lock();
        failed.remove(&key_of_name(name));
        if let Some(times) = failed.get_mut(&key_of_address(address)) {
            times.pop_back();
        }
    }

    fn check_at(&self, now: Instant, name: &str, address: &str) -> Result<(), ServiceError> {
        let mut failed = self.lock();
        for (key, allowed) in keys(name, address) {
            let Some(times) = failed.get_mut(&key) else { continue };
            times.retain(|time| now.duration_since(*time) < WINDOW);
            if let Some(oldest) = times.front().filter(|_| times.len() >= allowed) {
                let wait = WINDOW.saturating_sub(now.duration_since(*oldest));
                return Err(ServiceError::TooMany { seconds: wait.as_secs().saturating_add(1) });
            }
        }
        Ok(())
    }

    fn failed_at(&self, now: Instant, name: &str, address: &str) {
        let mut failed = self.lock();
        if failed.len() >= REMEMBERED {
            failed.retain(|_, times| {
                times.back().is_some_and(|time| now.duration_since(*time) < WINDOW)
            });
        }
        if failed.len() >= REMEMBERED {
            failed.clear();
        }
        for (key, allowed) in keys(name, address) {
            let times = failed.entry(key).or_default();
            times.push_back(now);
            if times.len() > allowed {
                times.pop_front();
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, VecDeque<Instant>>> {
        self.failed.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn keys(name: &str, address: &str) -> [(String, usize); 2] {
    [(key_of_name(name), OF_NAME), (key_of_address(address), OF_ADDRESS)]
}

/// Digests, so that nobody fills the memory with long names.
fn key_of_name(name: &str) -> String {
    // As names are looked up: without the spaces around them.
    format!("name {}", digest(&name.trim().to_lowercase()))
}

fn key_of_address(address: &str) -> String {
    format!("address {}", digest(address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn w4_the_eleventh_attempt_has_to_wait() {
        let attempts = Attempts::default();
        let start = Instant::now();
        for _ in 0..10 {
            attempts.check_at(start, "ada", "::1").unwrap();
            attempts.failed_at(start, "ada", "::1");
        }
        // It is the same name however it is typed.
        for name in ["Ada", " ada", "ada  "] {
            let error = attempts.check_at(start, name, "::2").unwrap_err();
            assert!(matches!(error, ServiceError::TooMany { seconds: 901 }), "{error}");
        }
        attempts.check_at(start, "bob", "::1").unwrap();
        attempts.check_at(start + WINDOW, "ada", "::1").unwrap();
    }

    #[test]
    fn an_address_that_tries_many_names_has_to_wait() {
        let attempts = Attempts::default();
        let start = Instant::now();
        for number in 0..50 {
            attempts.failed_at(start, &format!("user {number}"), "::1");
        }
        assert!(attempts.check_at(start, "another", "::1").is_err());
        attempts.check_at(start, "another", "::2").unwrap();
    }

    #[test]
    fn who_has_come_begins_anew() {
        let attempts = Attempts::default();
        let start = Instant::now();
        for _ in 0..10 {
            attempts.failed_at(start, "ada", "::1");
        }
        attempts.succeeded("ada", "::1");
        attempts.check_at(start, "ada", "::1").unwrap();
    }

    #[test]
    fn it_never_remembers_more_than_it_may() {
        let attempts = Attempts::default();
        let start = Instant::now();
        for number in 0..REMEMBERED + 10 {
            attempts.failed_at(start, &number.to_string(), &number.to_string());
        }
        assert!(attempts.lock().len() <= REMEMBERED + 1);
    }
}

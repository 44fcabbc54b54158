//! The pages in a real browser: Chromium, driven by chromedriver. Every sentence that the pages are
//! to fulfil is a test that clicks. Without the two programs (Debian's packages chromium and
//! chromium-driver) the tests print `SKIPPED: …` and pass.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod accessibility;
mod artifacts;
mod browser;
mod circle;
mod downloads;
mod history;
mod keyboard;
mod login;
mod new_job;
mod preferences;
mod program;
mod screens;
mod service;
mod without_script;

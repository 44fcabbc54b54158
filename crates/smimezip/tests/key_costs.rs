//! Row C7: whatever numbers a key file holds, what opening it costs is known before it is paid.
//! Every number that takes work is set to extreme values, and what was done is counted where it is
//! done.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::time::{Duration, Instant};

use crate::fuzz_seeds::targets::key_costs::{KINDS, Kind, Numbers, file, integer, open};
use smimezip::{ErrorKind, Limit, Limits};

/// Values at the edges of every type that a number might be put into.
fn extremes() -> Vec<Vec<u8>> {
    let mut values: Vec<_> = [0, 1, 2, 127, 128, 255, 256, 65_535, 65_536].map(integer).into();
    for bits in [24, 31, 32, 33, 48, 63, 64, 65, 120] {
        values.extend([(1 << bits) - 1, 1 << bits, (1 << bits) + 1].map(integer));
    }
    // Negative, not minimal, far too long.
    values.extend([vec![0xff], vec![0x80, 0, 0, 0], vec![0, 0, 0, 0, 9], vec![0x7f; 1000]]);
    values
}

/// The file with one number changed: its name, and all its values.
fn table() -> Vec<(String, Kind, Numbers)> {
    let mut table = Vec::new();
    let mut add = |name: &str, kind: Kind, value: &[u8], change: &dyn Fn(&mut Numbers)| {
        let mut numbers = Numbers::default();
        change(&mut numbers);
        let value = if value.len() > 17 { &value[..17] } else { value };
        table.push((format!("{kind:?}, {name} {value:02x?}"), kind, numbers));
    };
    for value in extremes() {
        for kind in KINDS {
            add("iterations", kind, &value, &|it| it.iterations.clone_from(&value));
        }
        for at in 0..3 {
            let name = ["N", "r", "p"][at];
            add(name, Kind::Scrypt, &value, &|it| it.scrypt[at].clone_from(&value));
        }
        for kind in [Kind::Pbkdf2, Kind::Scrypt, Kind::Pbmac1] {
            add("key length", kind, &value, &|it| it.key_length = Some(value.clone()));
        }
        add("N, r and p", Kind::Scrypt, &value, &|it| {
            it.scrypt = [value.clone(), value.clone(), value.clone()];
        });
    }
    for size in [0, 1, 7, 19, 21, 32, 64, 1000, 65_536, 300_000] {
        let value = integer(size as u128);
        for kind in KINDS {
            add("salt", kind, &value, &|it| it.salt = size);
        }
        add("code", Kind::Pkcs12Mac, &value, &|it| it.code = size);
        add("bags", Kind::Bags, &value, &|it| it.bags = size.min(200));
    }
    table
}

/// Every number at every extreme, under limits that leave some through: what is done stays within
/// them.
#[test]
fn c7_no_number_in_a_key_file_costs_more_than_is_allowed() {
    let mut seen = 0;
    let mut limited = 0;
    for allowed in [0, 99, 100, 70_000] {
        let mut limits = Limits::default();
        limits.kdf_iterations = allowed;
        limits.scrypt_memory = 4 << 20;
        for (name, kind, numbers) in table() {
            let (error, work) = open(&file(kind, &numbers), &limits);
            assert!(work <= allowed, "{name}: {work} iterations of {allowed}");
            let Some(error) = error else { panic!("{name}: opened") };
            match error.kind() {
                ErrorKind::Limit { limit, allowed: told } => {
                    limited += 1;
                    // Only further forms of a passphrase may turn out to be too much.
                    let further = matches!(kind, Kind::Pbmac1 | Kind::Bags);
                    assert!(work == 0 || further, "{name}: refused after {work} iterations");
                    assert!(matches!(limit, Limit::KdfIterations | Limit::ScryptMemory), "{name}");
                    assert_eq!(*told, limits.get(*limit), "{name}");
                }
                ErrorKind::PassphraseWrong | ErrorKind::BadKey(_) => {}
                _ => panic!("{name}: {error}"),
            }
            seen += 1;
        }
    }
    assert!(seen > 1500 && limited > 600, "{seen} files, {limited} beyond a limit");
}

/// What is beyond the limits is refused at once. No assertion on a machine's speed, but a generous
/// one: a derivation of that cost would take minutes or years. The limit is lower than the default,
/// so that what is within it takes no minutes, either.
#[test]
fn c7_what_is_beyond_the_limits_ends_at_once() {
    let mut limits = Limits::default();
    limits.kdf_iterations = 300_000;
    let mut longest = (Duration::ZERO, String::new());
    let mut refused = 0;
    for (name, kind, numbers) in table() {
        let bytes = file(kind, &numbers);
        let started = Instant::now();
        let (error, work) = open(&bytes, &limits);
        let taken = started.elapsed();
        let Some(error) = error else { panic!("{name}: opened") };
        if !matches!(error.kind(), ErrorKind::Limit { .. }) {
            continue;
        }
        if work == 0 {
            refused += 1;
            longest = longest.max((taken, name));
        } else {
            // Only further forms of a passphrase may turn out to be too much.
            assert!(matches!(kind, Kind::Pbmac1 | Kind::Bags), "{name}");
        }
    }
    println!("{refused} files refused, the slowest in {:?}: {}", longest.0, longest.1);
    assert!(refused > 100 && longest.0 < Duration::from_secs(5), "{longest:?}");
}

/// The files of 150 bytes that kept a program busy for hours, each by another number.
#[test]
fn c7_small_files_of_great_cost_are_refused_as_limits() {
    let numbers = |change: &dyn Fn(&mut Numbers)| {
        let mut numbers = Numbers { iterations: integer(9_000_000), ..Numbers::default() };
        change(&mut numbers);
        numbers
    };
    let scrypt = |n, r, p| Numbers { scrypt: [n, r, p].map(integer), ..Numbers::default() };
    for (kind, numbers) in [
        // 65,535 bytes of key: 2,048 times nine million iterations.
        (Kind::Pbmac1, numbers(&|it| it.key_length = Some(integer(65_535)))),
        // Little memory, and more rounds than anybody waits for.
        (Kind::Scrypt, scrypt(16, 1, 1 << 24)),
        (Kind::Scrypt, scrypt(1 << 17, 8, 64)),
        (Kind::Scrypt, scrypt(2, 1 << 20, 200)),
        // Each within the limit, not all together.
        (Kind::Bags, numbers(&|it| it.bags = 3)),
        (Kind::Bags, Numbers { bags: 7000, iterations: integer(1000), ..Numbers::default() }),
    ] {
        let (error, work) = open(&file(kind, &numbers), &Limits::default());
        let error = error.unwrap();
        assert!(matches!(error.kind(), ErrorKind::Limit { .. }), "{kind:?}: {error}");
        assert_eq!(work, 0, "{kind:?}");
    }
    // A code that is longer than its hash function's output is none, whatever it would cost.
    let long = numbers(&|it| it.code = 500_000);
    let (error, work) = open(&file(Kind::Pkcs12Mac, &long), &Limits::default());
    assert!(error.unwrap().to_string().contains("integrity code"));
    assert_eq!(work, 0);
}

/// What is allowed is done, and what is counted is what was done.
#[test]
fn the_budget_is_exact_enough() {
    for (kind, numbers) in [
        (Kind::Pbkdf2, Numbers::default()),
        (Kind::Scrypt, Numbers::default()),
        (Kind::Pkcs12Key, Numbers::default()),
        (Kind::Pkcs12Mac, Numbers::default()),
        (Kind::Pbmac1, Numbers { key_length: Some(integer(32)), ..Numbers::default() }),
    ] {
        let bytes = file(kind, &numbers);
        let (error, work) = open(&bytes, &Limits::default());
        let error = error.unwrap();
        assert!(matches!(error.kind(), ErrorKind::PassphraseWrong), "{kind:?}: {error}");
        assert!(work >= 50, "{kind:?}: {work}");
        let mut limits = Limits::default();
        limits.kdf_iterations = work - 1;
        let (error, _) = open(&bytes, &limits);
        assert!(matches!(error.unwrap().kind(), ErrorKind::Limit { .. }), "{kind:?}");
        limits.kdf_iterations = 2 * work + 100;
        let (error, again) = open(&bytes, &limits);
        assert!(matches!(error.unwrap().kind(), ErrorKind::PassphraseWrong), "{kind:?}");
        assert_eq!(again, work);
    }
}

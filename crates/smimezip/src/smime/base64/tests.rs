//! Tests of `base64.rs`: bodies with lines of any form, assumed and scanned.

use base64_simd::STANDARD;

use super::*;
use crate::read_at::read_full_at;

fn bytes(count: usize) -> Vec<u8> {
    (0..count).map(|n| u8::try_from(n * 37 % 253).unwrap()).collect()
}

fn wrapped(data: &[u8], columns: usize, ending: &str) -> Vec<u8> {
    let text = STANDARD.encode_to_string(data);
    let lines: Vec<_> = text.as_bytes().chunks(columns).map(<[u8]>::to_vec).collect();
    lines.join(ending.as_bytes())
}

/// A body that takes all of the text.
fn open(text: &[u8], policy: LayoutPolicy) -> Result<Base64View<Vec<u8>>, Error> {
    let view = Base64View::open(text.to_vec(), 0, text.len() as u64, None, policy)?;
    match view.after(view.length)? {
        None => Ok(view),
        Some(_) => Err(view.end_of_text()),
    }
}

fn check(view: &Base64View<Vec<u8>>, expected: &[u8]) {
    assert_eq!(view.size().unwrap(), expected.len() as u64);
    for size in [1, 2, 3, 47, 48, 100, 5000] {
        for start in (0..expected.len()).step_by(size.max(expected.len() / 101)) {
            let wanted = &expected[start..expected.len().min(start + size)];
            let mut buf = vec![0; wanted.len()];
            read_exact_at(view, &mut buf, start as u64).unwrap();
            assert!(buf == wanted, "{size} at {start}");
        }
    }
}

#[test]
fn lines_of_any_length_are_located_by_arithmetic() {
    for count in [1, 2, 3, 48, 1000, 5001, 5002] {
        let data = bytes(count);
        for columns in [1, 10, 64, 76, 77, 100_000] {
            for ending in ["\n", "\r\n"] {
                for tail in ["", "\n", "\r\n\r\n"] {
                    let mut text = wrapped(&data, columns, ending);
                    text.extend_from_slice(tail.as_bytes());
                    let view = open(&text, LayoutPolicy::Assume).unwrap();
                    check(&view, &data);
                    assert!(view.scanned.found().is_none(), "{columns} columns were scanned");
                }
            }
        }
    }
}

#[test]
fn odd_lines_are_found_by_scanning() {
    let data = bytes(6000);
    let text = String::from_utf8(wrapped(&data, 64, "\n")).unwrap();
    let lines: Vec<_> = text.lines().collect();
    // A blank line, a short and a long one, trailing blanks.
    let odd = format!(
        "{}\n\n{}  \n{}{}\n{}",
        lines[..20].join("\n"),
        lines[20],
        lines[21],
        lines[22],
        lines[23..].join("\r\n")
    );
    for policy in [LayoutPolicy::Assume, LayoutPolicy::Scan] {
        check(&open(odd.as_bytes(), policy).unwrap(), &data);
    }
}

#[test]
fn a_last_line_longer_by_a_line_end_is_not_cut_off() {
    let data = bytes(12);
    let text = STANDARD.encode_to_string(&data);
    for (first, ending) in [(6, "\r\n"), (7, "\r\n"), (7, "\n"), (8, "\n")] {
        let lines = [&text[..first], ending, &text[first..]].concat();
        for policy in [LayoutPolicy::Assume, LayoutPolicy::Scan] {
            check(&open(lines.as_bytes(), policy).unwrap(), &data);
        }
        // Cut by as much, it ends within a group.
        assert!(open(&lines.as_bytes()[..lines.len() - 2], LayoutPolicy::Assume).is_err());
    }
}

#[test]
fn a_disagreement_in_the_middle_is_noticed_when_it_is_read() {
    let data = bytes(6000);
    let text = String::from_utf8(wrapped(&data, 64, "\n")).unwrap();
    let lines: Vec<_> = text.lines().collect();
    let (left, right) = lines[30].split_at(10);
    // One character moves to the next line: the grid before and after holds.
    let odd = format!(
        "{}\n{}{}\n{}\n{}",
        lines[..30].join("\n"),
        format_args!("{left}{right}{}", &lines[31][..1]),
        "",
        &lines[31][1..],
        lines[32..].join("\n")
    )
    .replacen("\n\n", "\n", 1);
    let view = open(odd.as_bytes(), LayoutPolicy::Assume).unwrap();
    assert!(view.scanned.found().is_none());
    check(&view, &data);
    assert!(view.scanned.found().is_some());
}

#[test]
fn alphabet_and_padding_are_strict() {
    for text in ["AQ*D", "AQID=", "AQ", "A=ID", "=QID", "AQ==AQID", "AQI=\nAQID"] {
        let result = open(text.as_bytes(), LayoutPolicy::Assume)
            .and_then(|view| Ok(read_full_at(&view, &mut [0; 16], 0)?));
        assert!(result.is_err(), "{text:?}");
    }
}

#[test]
fn endless_white_space_is_refused() {
    for filler in ["\n", "\r\n", " "] {
        let text = format!("{}AQID", filler.repeat(5000));
        let result = open(text.as_bytes(), LayoutPolicy::Assume)
            .and_then(|view| Ok(read_full_at(&view, &mut [0; 16], 0)?));
        assert!(result.is_err(), "{filler:?}");
    }
    let text = format!("AQID{}", "\n".repeat(5000));
    let _ = open(text.as_bytes(), LayoutPolicy::Assume)
        .and_then(|view| Ok(read_full_at(&view, &mut [0; 16], 0)?));
}

#[test]
fn every_cut_is_noticed_or_shorter() {
    let data = bytes(300);
    let text = wrapped(&data, 64, "\r\n");
    for cut in 0..text.len() {
        let Ok(view) = open(&text[..cut], LayoutPolicy::Assume) else { continue };
        assert!(view.size().unwrap() < 300, "cut at {cut}");
    }
}

/// The bytes of a body and what follows it.
type Found = (Vec<u8>, Option<(u64, u64)>);

/// What readers of a body of known or unknown size say of it.
fn all_ways(text: &[u8], bytes: u64) -> Vec<Result<Found, Error>> {
    let mut found = Vec::new();
    for size in [Some(bytes), None] {
        for policy in [LayoutPolicy::Assume, LayoutPolicy::Scan] {
            let view = Base64View::open(text.to_vec(), 0, text.len() as u64, size, policy);
            found.push(view.and_then(|view| {
                if bytes > view.length {
                    return Err(view.end_of_text());
                }
                let mut buf = vec![0; usize::try_from(bytes).unwrap()];
                read_exact_at(&view, &mut buf, 0)?;
                Ok((buf, view.after(bytes)?))
            }));
        }
    }
    found
}

#[test]
fn text_after_a_body_is_no_part_of_it_whatever_it_is() {
    for count in [300, 301, 302, 6000] {
        let data = bytes(count);
        for (columns, ending) in [(64, "\n"), (76, "\r\n"), (10_000, "\n")] {
            let body = wrapped(&data, columns, ending);
            let padded = count % 3 > 0;
            for after in [
                "--boundary--\r\n",
                "_______________\nlist@example.org\n",
                ".\n",
                "\0\0\0",
                "=",
                "With kind regards",
                "AAAA",
                "x",
                &format!("{}\n", "word ".repeat(2000)),
            ] {
                for between in ["", ending, "\n\n"] {
                    let text = [&body[..], between.as_bytes(), after.as_bytes()].concat();
                    let first = (body.len() + between.len()) as u64;
                    for found in all_ways(&text, count as u64) {
                        // Without padding a sign of it is taken for what it could be.
                        if !padded && after == "=" && between.is_empty() {
                            continue;
                        }
                        let (bytes, behind) = found.unwrap_or_else(|error| {
                            panic!("{count} {columns} {between:?} {after:?}: {error}")
                        });
                        assert!(bytes == data);
                        let right = Some((first, after.len() as u64));
                        assert_eq!(behind, right, "{count} {columns} {between:?} {after:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn a_hole_is_invalid_at_its_first_byte_and_a_cut_is_a_cut() {
    let data = bytes(6000);
    for (columns, ending) in [(64, "\n"), (76, "\r\n"), (10_000, "\n")] {
        let body = wrapped(&data, columns, ending);
        for at in [0, 1, 700, 4000, body.len() - 60] {
            for size in [1, 7, 50, 200] {
                let mut text = body.clone();
                let end = text.len().min(at + size);
                text[at..end].fill(0);
                // A line end that was lost is not where the alphabet is left.
                let first = at + text[at..].iter().position(|byte| *byte == 0).unwrap();
                for found in all_ways(&text, 6000) {
                    let error = found.expect_err("a hole");
                    assert!(matches!(error.kind(), ErrorKind::Malformed(_)), "{at} {size} {error}");
                    assert_eq!(error.offset(), Some(first as u64), "{columns} {at} {size} {error}");
                }
            }
        }
        for left in [1, 5, 700, 4000, body.len() - 1] {
            for found in all_ways(&body[..left], 6000) {
                let error = found.expect_err("a cut");
                assert!(matches!(error.kind(), ErrorKind::Truncated), "{left} {error}");
            }
        }
    }
}

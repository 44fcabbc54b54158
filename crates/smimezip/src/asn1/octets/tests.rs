//! Tests of `bytes.rs`: the layouts a string may have, assumed and scanned.

use super::*;
use crate::asn1::Reader;
use crate::limits::Limit;

/// A constructed string of these chunks.
fn message(chunks: &[&[u8]], indefinite: bool) -> Vec<u8> {
    let mut inner = Vec::new();
    for chunk in chunks {
        inner.push(0x04);
        if let Ok(short @ 0..=0x7f) = u8::try_from(chunk.len()) {
            inner.push(short);
        } else {
            let length = u16::try_from(chunk.len()).unwrap().to_be_bytes();
            inner.extend_from_slice(&[0x82, length[0], length[1]]);
        }
        inner.extend_from_slice(chunk);
    }
    let mut out = vec![0xa0];
    if indefinite {
        out.push(0x80);
        out.extend(inner);
        out.extend([0, 0]);
    } else {
        let length = u32::try_from(inner.len()).unwrap().to_be_bytes();
        out.push(0x84);
        out.extend(length);
        out.extend(inner);
    }
    out
}

fn open(data: Vec<u8>, rules: &Rules) -> Result<(OctetView<Vec<u8>>, u64), Error> {
    let element = Reader::new(&data, 0, rules).element(0)?;
    let expected_end = match element.end()? {
        Some(end) => end,
        None => data.len() as u64 - 2,
    };
    OctetView::open(data, &OctetPlace { element, expected_end }, rules)
}

fn bytes(count: usize) -> Vec<u8> {
    (0..count).map(|n| u8::try_from(n * 31 % 251).unwrap()).collect()
}

/// Reads everything in pieces of several sizes and compares.
fn check(view: &OctetView<Vec<u8>>, expected: &[u8]) {
    assert_eq!(view.size().unwrap(), expected.len() as u64);
    for size in [1, 7, 1000, 4096, 10_000] {
        for start in (0..expected.len()).step_by(size.max(expected.len() / 97)) {
            let wanted = &expected[start..expected.len().min(start + size)];
            let mut buf = vec![0; wanted.len()];
            read_exact_at(view, &mut buf, start as u64).unwrap();
            assert!(buf == wanted, "{size} at {start}");
        }
    }
}

#[test]
fn equal_chunks_are_located_by_arithmetic() {
    let data = bytes(50_016);
    for indefinite in [false, true] {
        for size in [16, 100, 1000, 4096] {
            let mut chunks: Vec<_> = data[..50_000].chunks(size).collect();
            chunks.push(&data[50_000..]);
            let sealed = message(&chunks, indefinite);
            let (view, end) = open(sealed.clone(), &Rules::default()).unwrap();
            assert_eq!(end, sealed.len() as u64);
            assert!(matches!(view.layout, Layout::Runs(_)), "{size} is not assumed");
            check(&view, &data);
            assert!(view.scanned.found().is_none(), "{size} was scanned");
        }
    }
}

#[test]
fn unequal_chunks_are_found_by_scanning() {
    let data = bytes(9000);
    // The same total and the same header sizes as uniform ones, so only reading can tell.
    let sizes = [1000_usize, 1000, 500, 1500, 1000, 1000, 1000, 1000, 1000];
    let mut rest = data.as_slice();
    let mut chunks = Vec::new();
    for size in sizes {
        let (chunk, after) = rest.split_at(size);
        chunks.push(chunk);
        rest = after;
    }
    let (view, _) = open(message(&chunks, true), &Rules::default()).unwrap();
    assert!(matches!(view.layout, Layout::Runs(_)));
    check(&view, &data);
    assert!(view.scanned.found().is_some());
}

#[test]
fn another_length_than_announced_is_an_error_until_scanned() {
    let data = bytes(10_000);
    // Two chunks in the place of one: 496 + 500 + two headers of 4 take 1004 bytes.
    let mut chunks: Vec<&[u8]> = data[..3000].chunks(1000).collect();
    chunks.extend([&data[3000..3496], &data[3496..3996]]);
    chunks.extend(data[3996..].chunks(1000));
    let sealed = message(&chunks, true);
    let (view, _) = open(sealed.clone(), &Rules::default()).unwrap();
    let mut buf = vec![0; 6000];
    let error = Error::from(read_exact_at(&view, &mut buf, 0).unwrap_err());
    assert!(error.is_irregular());
    let (view, _) = open(sealed, &Rules::default().scanning()).unwrap();
    check(&view, &data);
}

/// Four chunks of 7 bytes are assumed; there are two of 7 and one of 14, which ends two bytes
/// before.
#[test]
fn another_end_than_announced_is_an_error_until_scanned() {
    let mut data = message(&[&bytes(7), &bytes(7), &[0; 14]], true);
    data.extend([0; 21]);
    let expected = [bytes(7), bytes(7), vec![0; 14]].concat();
    let rules = Rules::default();
    let (view, end) = open(data.clone(), &rules).unwrap();
    assert_eq!((view.size().unwrap(), end), (28, 40));
    let error = Error::from(read_exact_at(&view, &mut [0; 28], 0).unwrap_err());
    assert!(error.is_irregular(), "{error}");
    let (view, end) = open(data, &rules.scanning()).unwrap();
    check(&view, &expected);
    assert_eq!(end, 38);
}

#[test]
fn nested_and_empty_chunks() {
    let mut sealed = vec![0xa0, 0x80, 0x04, 0, 0x24, 0x80, 0x04, 2, 1, 2, 0x24, 5, 0x04, 1, 3];
    sealed.extend([0x04, 0, 0, 0, 0x04, 1, 4, 0, 0]);
    let (view, end) = open(sealed.clone(), &Rules::default()).unwrap();
    assert_eq!(end, sealed.len() as u64);
    check(&view, &[1, 2, 3, 4]);
}

#[test]
fn c6_a_million_empty_chunks_are_refused() {
    let mut sealed = vec![0xa0, 0x80];
    sealed.extend([0x04, 0].repeat(1_000_000));
    sealed.extend([0, 0]);
    let error = open(sealed, &Rules::default()).err().unwrap();
    assert!(matches!(error.kind(), ErrorKind::Limit { limit: Limit::EmptyChunks, .. }));
}

#[test]
fn c6_deep_nesting_is_refused() {
    let mut sealed = vec![0xa0, 0x80];
    sealed.extend([0x24, 0x80].repeat(1_000_000));
    let error = open(sealed, &Rules::default()).err().unwrap();
    assert!(matches!(error.kind(), ErrorKind::Limit { limit: Limit::Depth, .. }));
}

#[test]
fn every_cut_is_refused() {
    let data = bytes(300);
    let sealed = message(&data.chunks(100).collect::<Vec<_>>(), true);
    for cut in 2..sealed.len() {
        assert!(open(sealed[..cut].to_vec(), &Rules::default()).is_err(), "cut at {cut}");
    }
}

//! Each layer on its own, over memory: what it costs to read through it. Whole jobs, beside other
//! programs, are `compare`'s matter.

#![allow(clippy::unwrap_used, missing_docs, reason = "a benchmark")]

use std::hint::black_box;
use std::io::{Cursor, Read, Write};
use std::sync::Arc;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use flate2::{Decompress, FlushDecompress};
use smimezip::{Archive, ExtractOptions, Part, ReadAt, UnlockOptions, internals};
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

/// Bytes that each layer hands out.
const SIZE: usize = 16 * 1024 * 1024;
/// Bytes asked for at once, as extraction does.
const PIECE: usize = 64 * 1024;
/// Bytes decompressed at once, as extraction does.
const OUTPUT: usize = 1024 * 1024;
const ENTRIES: usize = 100_000;

fn noise(size: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    (0..size / 8).flat_map(|_| next().to_le_bytes()).collect()
}

/// JSON lines.
fn text(size: usize) -> Vec<u8> {
    let ids = noise(size);
    let mut out = Vec::with_capacity(size + 100);
    for id in ids.chunks_exact(8) {
        let id = u64::from_le_bytes(id.try_into().unwrap());
        let state = ["open", "closed", "pending", "merged", "deleted"][(id % 5) as usize];
        writeln!(out, "{{\"id\":\"{id:016x}\",\"state\":\"{state}\",\"number\":{}}}", id % 10_000)
            .unwrap();
        if out.len() >= size {
            break;
        }
    }
    out
}

/// A constructed OCTET STRING of indefinite length in chunks of one size.
fn chunked(bytes: &[u8], chunk: usize) -> Vec<u8> {
    let mut out = vec![0x24, 0x80];
    for chunk in bytes.chunks(chunk) {
        let [.., high, low] = chunk.len().to_be_bytes();
        out.extend_from_slice(&[0x04, 0x82, high, low]);
        out.extend_from_slice(chunk);
    }
    out.extend_from_slice(&[0, 0]);
    out
}

fn read_all(view: &impl ReadAt, buffer: &mut [u8]) {
    let size = view.size().unwrap();
    let mut at = 0;
    while at < size {
        at += view.read_at(buffer, at).unwrap() as u64;
    }
    black_box(buffer);
}

fn view(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, view: &impl ReadAt) {
    let mut buffer = vec![0; PIECE];
    group.throughput(Throughput::Bytes(view.size().unwrap()));
    group.bench_function(name, |bencher| bencher.iter(|| read_all(view, &mut buffer)));
}

fn base64(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("base64");
    // The first bytes are those of a message, by which a bare body is known.
    let bytes =
        [&[0x30, 0x80, 6, 9, 42, 134, 72, 134, 247, 13, 1, 7, 3][..], &noise(SIZE)].concat();
    let encoded = base64_simd::STANDARD.encode_to_string(&bytes);
    for (columns, ending) in [(64, "\n"), (76, "\r\n")] {
        let lines: Vec<&str> = encoded
            .as_bytes()
            .chunks(columns)
            .map(|line| std::str::from_utf8(line).unwrap())
            .collect();
        let head = "Content-Type: application/pkcs7-mime\nContent-Transfer-Encoding: base64\n\n"
            .to_owned();
        let message: Arc<dyn ReadAt> = Arc::new((head + &lines.join(ending)).into_bytes());
        let assume = UnlockOptions::new();
        for (limits, how) in
            [(assume.clone(), "assumed"), (internals::scanning(assume.clone()), "scanned")]
        {
            let opened = internals::outside_view(&message, &limits).unwrap();
            view(&mut group, &format!("{columns} columns, {how}"), &opened);
        }
    }
    group.finish();
}

fn octet_string(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("OCTET STRING");
    let bytes = noise(SIZE);
    for chunk in [1000, 4096] {
        let ber: Arc<dyn ReadAt> = Arc::new(chunked(&bytes, chunk));
        let assume = UnlockOptions::new();
        let opened = internals::octet_string_view(Arc::clone(&ber), &assume).unwrap();
        view(&mut group, &format!("chunks of {chunk}, assumed"), &opened);
        let scan = internals::scanning(assume.clone());
        group.bench_function(format!("chunks of {chunk}, walked over once"), |bencher| {
            bencher.iter(|| {
                internals::octet_string_view(Arc::clone(&ber), &scan).unwrap().size().unwrap()
            });
        });
    }
    group.finish();
}

fn cbc(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("cbc");
    let ciphertext: Arc<dyn ReadAt> = Arc::new(noise(SIZE));
    let opened = internals::aes256_cbc_view(ciphertext, &[7; 32], &[9; 16]).unwrap();
    view(&mut group, "AES-256", &opened);
    group.finish();
}

fn archive(files: impl Iterator<Item = (String, Vec<u8>)>, method: CompressionMethod) -> Archive {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, contents) in files {
        let options = SimpleFileOptions::default().compression_method(method);
        writer.start_file(name, options).unwrap();
        writer.write_all(&contents).unwrap();
    }
    let bytes: Arc<dyn ReadAt> = Arc::new(writer.finish().unwrap().into_inner());
    Archive::open([Part::new("a.zip", bytes)]).unwrap()
}

fn entry(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("entry");
    let contents = text(SIZE);
    group.throughput(Throughput::Bytes(contents.len() as u64));
    let mut buffer = vec![0; OUTPUT];
    for (name, method) in
        [("deflate", CompressionMethod::Deflated), ("stored", CompressionMethod::Stored)]
    {
        let archive = archive(std::iter::once(("a".to_owned(), contents.clone())), method);
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let mut reader = archive.open_entry(&archive.entries()[0]).unwrap();
                while reader.read(&mut buffer).unwrap() > 0 {}
            });
        });
    }
    let mut deflate =
        flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    deflate.write_all(&contents).unwrap();
    let deflated = deflate.finish().unwrap();
    group.bench_function("bare inflate", |bencher| {
        bencher.iter(|| {
            let mut inflate = Decompress::new(false);
            while inflate.total_out() < contents.len() as u64 {
                let used = usize::try_from(inflate.total_in()).unwrap();
                inflate.decompress(&deflated[used..], &mut buffer, FlushDecompress::None).unwrap();
            }
        });
    });
    group.finish();
}

fn directory(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("directory");
    group.throughput(Throughput::Elements(ENTRIES as u64));
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for number in 0..ENTRIES {
        let name = format!("day-{}/item-{number}.json", number / 1000);
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
    }
    let bytes: Arc<dyn ReadAt> = Arc::new(writer.finish().unwrap().into_inner());
    let open = || Archive::open([Part::new("a.zip", Arc::clone(&bytes))]).unwrap();
    group.bench_function("read", |bencher| bencher.iter(open));
    let archive = open();
    let nowhere = std::env::temp_dir().join("no-such-folder-of-smimezip");
    group.bench_function("names and plan checked", |bencher| {
        bencher.iter(|| archive.dry_run(&nowhere, &ExtractOptions::default()).unwrap());
    });
    group.finish();
}

criterion_group!(layers, base64, octet_string, cbc, entry, directory);
criterion_main!(layers);

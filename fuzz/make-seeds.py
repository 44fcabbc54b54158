#!/usr/bin/env python3
"""Writes the small seeds that no fixture of the tests gives: fuzz/corpus/TARGET/seed-*.

Run it in the root of the repository. It needs nothing but Python, and writes the same bytes each time.
"""
import io
import struct
import zipfile
from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"


def write(target, name, bytes):
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"seed-{name}").write_bytes(bytes)


# --- BER -------------------------------------------------------------------------------------------


def element(tag, contents, indefinite=False, long=False):
    if indefinite:
        return bytes([tag, 0x80]) + contents + b"\0\0"
    if len(contents) < 128 and not long:
        return bytes([tag, len(contents)]) + contents
    return bytes([tag, 0x84]) + struct.pack(">I", len(contents)) + contents


def chunks(data, size):
    return b"".join(element(4, data[at : at + size]) for at in range(0, len(data), size))


DATA = bytes(range(200))
for name, seed in {
    "primitive": element(4, DATA),
    "primitive-long": element(4, DATA, long=True),
    "equal-chunks": element(0x24, chunks(DATA, 20)),
    "equal-chunks-indefinite": element(0x24, chunks(DATA, 20), indefinite=True),
    "last-short": element(0x24, chunks(DATA, 30), indefinite=True),
    "unequal": element(0x24, chunks(DATA[:90], 7) + chunks(DATA[90:], 31), indefinite=True),
    "empty-chunks": element(0x24, b"\4\0" * 20 + chunks(DATA, 50), indefinite=True),
    "nested": element(0x24, element(0x24, chunks(DATA, 40)) + chunks(DATA, 16), indefinite=True),
    "deep": element(0x24, element(0x24, element(0x24, b"\4\1x", True), True), True),
    "empty": element(0x24, b"", indefinite=True),
    "implicit": element(0xA0, chunks(DATA, 64), indefinite=True),
    "structure": element(
        0x30,
        element(6, b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03")
        + element(0x31, element(2, b"\1", long=True), True)
        + element(0x23, element(3, b"\0ab") + element(3, b"\4c"), True)
        + element(0xBF, b"\x81\x01\0", False),
        True,
    ),
}.items():
    write("ber", name, seed)

# --- numbers in key files --------------------------------------------------------------------------


def numbers(kind, iterations=1000, scrypt=(1024, 8, 1), salt=8, code=20, bags=1, prf=9, scheme=3):
    def integer(number):
        digits = number.to_bytes(number.bit_length() // 8 + 1, "big")
        return bytes([len(digits) - 1]) + digits

    # No length of the key is said where the first byte of its integer is 0.
    integers = b"".join(integer(number) for number in (iterations, *scrypt)) + b"\0\0"
    return bytes([kind]) + integers + struct.pack(">HHHBB", salt, code, bags, prf, scheme)


for name, seed in {
    "pbkdf2": numbers(0),
    "pbkdf2-costly": numbers(0, iterations=2**31),
    "scrypt": numbers(1),
    "scrypt-long": numbers(1, scrypt=(2, 1, 2**20)),
    "scrypt-beyond": numbers(1, scrypt=(2**70, 2**40, 2**40)),
    "pkcs12": numbers(2, iterations=2**64),
    "mac": numbers(3),
    "mac-long-code": numbers(3, code=4000),
    "pbmac1": numbers(4, salt=4000),
    "bags": numbers(5, iterations=100, bags=199),
}.items():
    write("key_costs", name, seed)

# --- contents to seal ------------------------------------------------------------------------------

# Cipher, container, recipients as bits, whether the size is known, sizes of the pieces.
CONTENT = bytes(range(256)) * 3
for name, head, content in (
    ("default", (2, 0, 1, 0, 255, 255), CONTENT),
    ("empty", (2, 6, 1, 1, 0, 0), b""),
    ("by-the-byte", (5, 1, 2, 0, 0, 0), CONTENT[:100]),
    ("gcm-known", (3, 5, 4, 1, 15, 2), CONTENT),
    ("chacha20", (6, 4, 8, 0, 63, 0), CONTENT),
    ("all-recipients", (1, 3, 127, 0, 99, 1), CONTENT[:300]),
    ("shared", (4, 2, 32, 1, 31, 3), CONTENT),
    ("password", (0, 6, 64, 0, 7, 9), CONTENT),
    ("several-chunks", (2, 6, 1, 0, 255, 200), CONTENT * 12),
    ("nobody", (2, 0, 0, 0, 1, 1), CONTENT[:9]),
):
    write("seal", name, bytes(head) + content)

# --- archives --------------------------------------------------------------------------------------

ENTRIES = {
    "a.txt": b"hello\n" * 40,
    "folder/b.json": b'{"a":1}\n' * 30,
    "folder/deep/c": b"",
    "d.bin": bytes(range(256)),
}


class Pipe(io.RawIOBase):
    """Something that cannot seek, so that the writer uses data descriptors."""

    def __init__(self):
        self.bytes = b""

    def writable(self):
        return True

    def write(self, data):
        self.bytes += bytes(data)
        return len(data)


def archive(method, folders=False, zip64=False, pipe=False):
    out = Pipe() if pipe else io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as writer:
        if folders:
            info = zipfile.ZipInfo("folder/", (2024, 1, 2, 3, 4, 6))
            info.external_attr = 0o40755 << 16 | 16
            writer.writestr(info, b"")
        for name, contents in ENTRIES.items():
            info = zipfile.ZipInfo(name, (2024, 1, 2, 3, 4, 6))
            info.compress_type = method
            info.external_attr = 0o100644 << 16
            with writer.open(info, "w", force_zip64=zip64) as entry:
                entry.write(contents)
    return out.bytes if pipe else out.getvalue()


def with_zip64_end(bytes):
    """The same with the end record of zip64 and its locator."""
    end = len(bytes) - 22
    _, _, _, _, count, size, offset, _ = struct.unpack("<4s4H2IH", bytes[end:])
    record = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, offset)
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, end, 1)
    last = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return bytes[:end] + record + locator + last


def split(archive, size):
    """The bytes of all parts, each place as (disk, offset), and the sizes of all but the last."""
    out = bytearray(b"PK\7\x08" + archive)
    end = len(out) - 22
    cuts = [at for at in range(0, end, size)]

    def place(at):
        disk = max(number for number, cut in enumerate(cuts) if cut <= at)
        return disk, at - cuts[disk]

    (directory,) = struct.unpack_from("<I", out, end + 16)
    at = directory + 4
    while out[at : at + 4] == b"PK\1\2":
        name, extra, comment = struct.unpack_from("<3H", out, at + 28)
        (offset,) = struct.unpack_from("<I", out, at + 42)
        disk, offset = place(offset + 4)
        struct.pack_into("<H", out, at + 34, disk)
        struct.pack_into("<I", out, at + 42, offset)
        at += 46 + name + extra + comment
    disk, offset = place(directory + 4)
    struct.pack_into("<2H", out, end + 4, len(cuts) - 1, disk)
    struct.pack_into("<I", out, end + 16, offset)
    return bytes(out), [size] * (len(cuts) - 1)


ARCHIVES = {
    "stored": archive(zipfile.ZIP_STORED),
    "deflated": archive(zipfile.ZIP_DEFLATED, folders=True),
    "zip64-entries": archive(zipfile.ZIP_DEFLATED, zip64=True),
    "zip64-end": with_zip64_end(archive(zipfile.ZIP_STORED)),
    "streamed": archive(zipfile.ZIP_DEFLATED, pipe=True),
    "empty": b"PK\5\6" + bytes(18),
}
for name, seed in ARCHIVES.items():
    write("directory", name, seed)
    write("extract", name, seed)
    # The parity of the length chooses the kind of target: a comment makes it odd.
    write("extract", name + "-planted", seed[:-2] + b"\1\0c" if len(seed) % 2 == 0 else seed)
    for size in (300, 450):
        if name.startswith("zip64-end") or name == "empty":
            parts, sizes = seed, []
        else:
            parts, sizes = split(seed, size)
        assert len(sizes) < 8, "the count of cuts is read modulo 8"
        trailer = b"".join(struct.pack("<H", it) for it in sizes) + bytes([len(sizes)])
        write("parts", f"{name}-{size}", parts + trailer)
        # Without the last part, and without the first.
        for missing in (1 << len(sizes), 1):
            there = parts + bytes([missing if sizes else 0]) + trailer
            write("salvage", f"{name}-{size}-{missing}", there)
write(
    "parts",
    "names",
    b"e.z01\ne.zip\nE.Z99.smime\ne.z100.p7m\na (1).z02.smime\nexport.zip.001\ne.z00\ne.z1\n.zip\n\0",
)

# --- trees to make exports of ----------------------------------------------------------------------


def head(container=0, who=0, level=6, threads=1, part_size=None):
    how = (threads - 1) | (0 if part_size is None else 2)
    return struct.pack("<BBBBH", container, who, level, how, (part_size or 65_536) - 65_536)


def entry(kind, name, size=0, what=0, data=b""):
    name = name.encode()
    return bytes([kind, len(name)]) + name + struct.pack("<HB", len(data) or size, what) + data


LITERAL, FILLED, NOISE, LONG_NOISE, FOLDER = 0, 2, 4, 6, 7
KNOWN = 0x80
MIXED = (
    entry(FOLDER, "a/")
    + entry(LITERAL, "a/b.txt", data=b"Hello")
    + entry(FILLED | KNOWN, "c", 40_000, 120)
    + entry(LONG_NOISE, "Größe", 50_000, 1)
    + entry(NOISE, "d", 3_000, 2)
    + entry(LITERAL, "empty")
)
for name, seed in {
    "nothing": head(),
    "mixed": head() + MIXED,
    "in-parts": head(part_size=65_536, threads=2) + MIXED,
    "in-parts-binary": head(3, 6, 0, 2, 70_001) + MIXED,
    "all-recipients": head(1, 6, 9) + MIXED,
    "pem-known": head(2, 1) + entry(NOISE | KNOWN, "x", 60_000, 9),
    "names": head()
    + b"".join(
        entry(LITERAL, name, data=b"x")
        for name in ("a", "A", "a/b", "../x", "/x", "x//y", "nul", "x ", "a:b", "b/", "b/c", "B/d")
    ),
    "records-at-the-end": head(part_size=65_536, level=0)
    + entry(NOISE, "first", 65_536 - 45, 1)
    + entry(LITERAL, "second", data=b"x")
    + entry(LONG_NOISE, "third", 45_000, 2),
}.items():
    write("export", name, seed)

# --- manifests -------------------------------------------------------------------------------------

PART = '{"name": "e.%s.smime", "size": %d, "sha256": "' + "0123abcd" * 8 + '"}'
ENTRY = '{"path": "%s", "size": 7, "crc32": "80194c02"}'


def manifest(parts, more="", name="e"):
    size = sum(size for _, size in parts)
    listed = ", ".join(PART % part for part in parts)
    return f'{{"version": 1, "set": "{name}", "bytes": {size}, "parts": [{listed}]{more}}}\n'.encode()


def entries(*paths):
    return ', "entries": [' + ", ".join(ENTRY % path for path in paths) + "]"


THREE = [("z01", 70_000), ("z02", 70_000), ("zip", 123)]
for name, seed in {
    "one": manifest([("zip", 5)]),
    "three": manifest(THREE),
    "entries": manifest(THREE, entries("a", "folder/b.txt", "Gr\\u00f6\\u00dfe", "\\ud83d\\ude00/c")),
    "no-entries": manifest(THREE, ', "entries": []'),
    "unsafe": manifest(THREE, entries("a", "../b")),
    "collision": manifest(THREE, entries("a", "A")),
    "gap": manifest([("z02", 1), ("zip", 1)]),
    "escapes": manifest([("zip", 5)], name="\\u0065"),
}.items():
    write("manifest", name, seed)

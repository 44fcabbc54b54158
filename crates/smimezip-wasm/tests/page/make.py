"""Makes what the tests of the page open, with Python's own zipfile where it can: `make.py FOLDER`."""

import pathlib
import struct
import sys
import warnings
import zipfile
import zlib

folder = pathlib.Path(sys.argv[1])
warnings.simplefilter("ignore")

# Names that would be markup, or would deceive, if anybody let them.
with zipfile.ZipFile(folder / "names.zip", "w") as archive:
    for name in [
        "<img src=x onerror=window.broken=1>.txt",
        "inv\u202efdp.exe",
        "a\u200bb.txt",
        "call 10:30.wav",
        "../up.txt",
        "good/<b>bold.txt",
    ]:
        archive.writestr(name, "what is in it\n")

# One file is right, one is not.
with zipfile.ZipFile(folder / "damaged.zip", "w") as archive:
    archive.writestr("right.txt", "right\n")
    archive.writestr("wrong.txt", "wrong\n" * 50_000)
path = folder / "damaged.zip"
data = bytearray(path.read_bytes())
data[data.index(b"wrong\nwrong") + 200_000] ^= 1
path.write_bytes(data)

# More rows than are shown at once.
with zipfile.ZipFile(folder / "many.zip", "w") as archive:
    for number in range(450):
        archive.writestr(f"{number:03}.txt", str(number))

# More than 4 GiB in one file, which is not on the disk, and a small one after it.
size = (4 << 30) + (200 << 20)
chunk = bytes(64 << 20)
crc, left = 0, size
while left:
    count = min(left, len(chunk))
    crc = zlib.crc32(memoryview(chunk)[:count], crc)
    left -= count
small = b"small\n"


def header(mark, name, crc, size, more):
    wide = struct.pack("<HHQQ", 1, 16, size, size) if size >> 32 else b""
    short = 0xFFFFFFFF if wide else size
    version = b"\x2d\0" if wide else b"\x0a\0"
    fields = struct.pack("<HHHHIIIHH", 0x800, 0, 0, 33, crc, short, short, len(name), len(wide))
    return mark + version + fields + more + name + wide


def local(name, crc, size):
    return header(b"PK\3\4", name, crc, size, b"")


def central(name, crc, size, start):
    wide = start >> 32
    more = struct.pack("<HHHII", 0, 0, 0, 0, 0xFFFFFFFF if wide else start)
    made = header(b"PK\1\2\x2d\0", name, crc, size, more)
    if not wide:
        return made
    extra = struct.pack("<HHQ", 1, 8, start)
    at = 30  # of the length of the extra field
    return made[:at] + struct.pack("<H", len(extra)) + made[at + 2 :] + extra


with open(folder / "large.zip", "wb") as out:
    out.write(local(b"large.bin", crc, size))
    out.seek(size, 1)
    start = out.tell()
    out.write(local(b"small.txt", zlib.crc32(small), len(small)) + small)
    directory = out.tell()
    out.write(central(b"large.bin", crc, size, 0))
    out.write(central(b"small.txt", zlib.crc32(small), len(small), start))
    end = out.tell()
    length = end - directory
    out.write(b"PK\6\6" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, 2, 2, length, directory))
    out.write(b"PK\6\7" + struct.pack("<IQI", 0, end, 1))
    out.write(b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 2, 2, length, 0xFFFFFFFF, 0))
assert zipfile.ZipFile(folder / "large.zip").read("small.txt") == small

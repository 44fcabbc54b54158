#!/usr/bin/env python3
"""The service under load. README.md says what it measures; it prints figures and asserts none of them."""

import argparse
import asyncio
import contextlib
import csv
import hashlib
import http.client
import io
import json
import os
import random
import resource
import shutil
import socket
import sqlite3
import statistics
import subprocess
import tempfile
import time
import uuid
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
TOKEN, COOKIE = "smimezip_benchmark", "benchmark"
DAY = 24 * 60 * 60 * 1000
SOURCES = ["Customer files", "Archive", "Database", "Orders 2026", "Personnel"]
WORDS = "amber birch cedar delta ember fjord grove heath inlet jetty knoll larch".split()
JOBS = "id user_id title title_folded source source_folded job_type part_size recipients status created_at started_at ended_at file_name entries \
done_bytes total_bytes attempt".split()
ARTIFACTS = "id job_id user_id name part parts size sha256 object created_at expires_at \
title_folded source_folded".split()


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for(port):
    for _ in range(600):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)
    raise SystemExit(f"nothing listens at {port}")


def memory(pid, name="VmHWM"):
    """MiB."""
    with open(f"/proc/{pid}/status") as status:
        line = next(line for line in status if line.startswith(name + ":"))
    return int(line.split()[1]) / 1024


class Sqlite:
    def __init__(self, folder):
        self.path = folder / "service.db"
        self.url = f"sqlite:{self.path}"

    def insert(self, table, columns, rows):
        places = ", ".join("?" * len(columns))
        with contextlib.closing(sqlite3.connect(self.path, timeout=30)) as database, database:
            database.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", rows)

    def settle(self):
        """Nothing: the service itself has no more than the tables."""

    def stop(self):
        pass


class Postgres:
    """Debian's, with data of its own."""

    def __init__(self, folder):
        programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1]
        self.user = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
        data = folder / "postgres"
        data.mkdir()
        if self.user:
            shutil.chown(data, "postgres", "postgres")
        how = ["--auth", "trust", "--username", "postgres", "--encoding", "UTF8"]
        subprocess.run([programs / "initdb", "-D", data, *how], check=True, cwd="/", stdout=subprocess.DEVNULL, **self.user)
        self.port = free_port()
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/postgres"
        options = ["-k", "", "-c", "listen_addresses=127.0.0.1", "-p", str(self.port)]
        self.server = subprocess.Popen(
            [programs / "postgres", "-D", data, *options], cwd="/", stderr=subprocess.DEVNULL, **self.user
        )
        wait_for(self.port)
        time.sleep(1)

    def run(self, command, given=""):
        subprocess.run(["psql", "-q", "-v", "ON_ERROR_STOP=1", self.url, "-c", command], input=given, text=True, check=True)

    def insert(self, table, columns, rows):
        text = io.StringIO()
        csv.writer(text).writerows(rows)
        self.run(f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT csv)", text.getvalue())

    def settle(self):
        """What the server does by itself after a minute."""
        self.run("VACUUM ANALYZE")

    def stop(self):
        self.server.terminate()
        self.server.wait()


class Service:
    def __init__(self, program, folder, database, workers, size=1):
        self.port = free_port()
        folder.mkdir(exist_ok=True)
        source = folder / "source"
        source.mkdir()
        for number in range(size):
            (source / f"{number}.bin").write_bytes(os.urandom(1 << 20))
        configuration = folder / "service.toml"
        configuration.write_text(
            f'listen = "127.0.0.1:{self.port}"\ndatabase = "{database.url}"\nstorage = "{folder}/artifacts"\n'
            f'workers = {workers}\npart_size = 104857600\n\n[sources]\n"{SOURCES[0]}" = {{ folder = "{source}" }}\n'
        )
        environment = {**os.environ, "SMIMEZIP_LOG": "error"}
        self.process = subprocess.Popen([program, "--config", configuration], stdout=subprocess.DEVNULL, env=environment)
        wait_for(self.port)
        # Once it answers it has its tables.
        call(self.port, "GET", "/api/openapi.json")
        now = int(time.time() * 1000)
        users = [("bench", "bench", "bench", "administrator", now), ("other", "other", "other", "user", now)]
        database.insert("users", ["id", "name", "name_folded", "role", "created_at"], users)
        token = [("bench", "bench", "bench", digest(TOKEN), now)]
        database.insert("api_tokens", ["id", "user_id", "name", "secret", "created_at"], token)
        session = [(digest(COOKIE), "bench", "form", now, now)]
        database.insert("sessions", ["secret", "user_id", "form_token", "created_at", "seen_at"], session)

    def stop(self):
        self.process.terminate()
        self.process.wait()


def headers(path):
    if path.startswith("/api/"):
        return {"Authorization": f"Bearer {TOKEN}"}
    return {"Cookie": f"smimezip_session={COOKIE}"}


def timed(connection, path, runs):
    """Milliseconds of each request."""
    times = []
    for _ in range(runs):
        begun = time.perf_counter()
        connection.request("GET", path, headers=headers(path))
        answer = connection.getresponse()
        answer.read()
        times.append((time.perf_counter() - begun) * 1000)
        if answer.status != 200:
            raise SystemExit(f"{path}: {answer.status}")
    return times


def percentile(times, share):
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


# ---- lists


def rows(count):
    """As many jobs and as many artifacts: half of the jobs have two parts, one fifth belongs to another user."""
    now = int(time.time() * 1000)
    jobs, artifacts = [], []
    pem = (TOP / "examples/data/certificate.pem").read_text()
    for number in range(count):
        job, owner = str(uuid.uuid4()), "other" if number % 5 == 0 else "bench"
        status = "completed" if number % 2 == 0 else ["failed", "cancelled"][number // 2 % 2]
        created = now - number * 25 * DAY // count
        name = f"export-{uuid.uuid4()}"
        title = f"{random.choice(WORDS)} {random.choice(WORDS)} {number}"
        file_name = f"{name}.zip.smime" if status == "completed" else None
        kind = ["whole", "changed"][number % 3 == 0]
        source = random.choice(SOURCES)
        jobs.append(
            (job, owner, title, title.lower(), source, source.lower(), kind, 1 << 20, pem, status, created, created + 1000,
             created + 60_000, file_name, random.randrange(10_000) if file_name else None, 1000, 1000, 1)
        )
        for part in (1, 2) if file_name else ():
            end = "z01" if part == 1 else "zip"
            artifacts.append(
                (str(uuid.uuid4()), job, owner, f"{name}.{end}.smime", part, 2, random.randrange(1 << 30),
                 digest(f"{job}{part}"), f"{job}/1/{part}", created + 60_000, created + 60_000 + 30 * DAY,
                 title.lower(), source.lower())
            )
    return jobs, artifacts


def kinds(column_filters, last):
    yield "first page", ""
    yield "last page", f"page={last}"
    yield "500 rows", "per_page=500"
    for column, text in column_filters.items():
        yield f"sort {column}", f"sort={column}"
        yield f"sort {column} down", f"sort=-{column}"
        yield f"sort {column}, last page", f"sort={column}&page={last}"
        yield f"filter {column}", f"{column}={text}"


def lists(options, program, folder):
    for name, make in (("SQLite", Sqlite), ("PostgreSQL", Postgres)):
        here = folder / name
        here.mkdir()
        database = make(here)
        service = Service(program, here / "service", database, 0)
        jobs, artifacts = rows(options.rows)
        database.insert("jobs", JOBS, jobs)
        database.insert("artifacts", ARTIFACTS, artifacts)
        database.settle()
        job = {
            "id": jobs[0][0], "title": "amber", "source": "archive", "job_type": "changed", "status": "failed",
            "created": "%3E" + time.strftime("%Y-%m-%d", time.gmtime(time.time() - 86400 * 3)),
            "started": "%3C2000-01-01", "ended": "%3E2000-01-01", "file_name": "a1", "entries": "%3C100", "user": "oth",
        }
        file = {
            "name": "a1", "source": "archive", "title": "amber", "job": jobs[0][0], "part": "1", "size": "%3E900M",
            "created": job["created"], "days_left": "%3C%3D10", "user": "oth",
        }
        print(f"\n{name}: {len(jobs)} jobs, {len(artifacts)} artifacts, {options.runs} requests of each kind")
        connection = http.client.HTTPConnection("127.0.0.1", service.port)
        last = max(1, options.rows // 50)
        for path, filters in (("/history", job), ("/api/v1/jobs", job), ("/artifacts", file), ("/api/v1/artifacts", file)):
            found = []
            for kind, query in kinds(filters, last):
                times = timed(connection, f"{path}?{query}", options.runs)
                found.append((statistics.median(times), percentile(times, 0.95), kind))
            found.sort(reverse=True)
            plain = [median for median, _, kind in found if kind != "500 rows"]
            print(f"{path}: {len(found)} kinds, median of the medians {statistics.median(plain):.1f} ms; the slowest:")
            for median, most, kind in found[: options.show]:
                print(f"  {kind:<30} median {median:6.1f} ms   95 % {most:6.1f} ms")
        print(f"memory of the service: {memory(service.process.pid):.0f} MiB at most")
        service.stop()
        database.stop()


# ---- downloads


class Nginx:
    """Debian's, as it is set up there, with the files of the service."""

    def __init__(self, folder, files):
        self.port = free_port()
        configuration = folder / "nginx.conf"
        configuration.write_text(
            f"""worker_processes auto; pid {folder}/nginx.pid; error_log {folder}/error.log; daemon off; user root;
events {{ worker_connections 768; }}
http {{
    sendfile on; tcp_nopush on; types_hash_max_size 2048; access_log off;
    server {{ listen 127.0.0.1:{self.port} backlog=1024; location / {{ alias {files}/; }} }}
}}
"""
        )
        self.process = subprocess.Popen(["nginx", "-c", configuration])
        wait_for(self.port)

    def stop(self):
        self.process.terminate()
        self.process.wait()


def load(folder, port, paths, clients, seconds):
    """MiB per second by wrk, which takes all files in turn."""
    script = folder / "paths.lua"
    listed = ", ".join(f'"{path}"' for path in paths)
    script.write_text(
        f"""paths = {{ {listed} }}
wrk.headers["Authorization"] = "Bearer {TOKEN}"
function request()
  at = (at or math.random(#paths)) % #paths + 1
  return wrk.format("GET", paths[at])
end
"""
    )
    command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--timeout", "120s", "-s", script, f"http://127.0.0.1:{port}"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said:
        raise SystemExit(said)
    rate = said.split("Transfer/sec:")[1].split()[0]
    factor = {"KB": 1 / 1024, "MB": 1, "GB": 1024}[rate[-2:]]
    wrong = [line.strip() for line in said.splitlines() if "Socket errors" in line]
    return float(rate[:-2]) * factor, " ".join(wrong)


def downloads(options, program, folder):
    database = Sqlite(folder)
    service = Service(program, folder / "service", database, 0)
    now = int(time.time() * 1000)
    job = str(uuid.uuid4())
    values = [(job, "bench", "Load", "load", SOURCES[0], SOURCES[0].lower(), "whole", 1 << 20, "", "completed", now, now, now, "x", 1, 1, 1, 1)]
    database.insert("jobs", JOBS, values)
    stored = folder / "service/artifacts" / job / "1"
    stored.mkdir(parents=True)
    block, files = random.randbytes(16 << 20), []
    for part in range(1, options.files + 1):
        (stored / str(part)).write_bytes(block)
        files.append((str(uuid.uuid4()), job, "bench", f"export.z{part:02}.smime", part, options.files, len(block),
                      digest("x"), f"{job}/1/{part}", now, now + 30 * DAY, "load", SOURCES[0].lower()))
    database.insert("artifacts", ARTIFACTS, files)
    nginx = Nginx(folder, stored)
    ours = [f"/api/v1/artifacts/{file[0]}/content" for file in files]
    theirs = [f"/{part}" for part in range(1, options.files + 1)]
    print(f"\n{options.clients} downloads at once of {options.files} files of 16 MiB, {options.seconds} s each")
    rates = {"nginx": [], "service": []}
    # Once before it counts.
    load(folder, nginx.port, theirs, options.clients, 2)
    for _ in range(options.rounds):
        for name, port, paths in (("nginx", nginx.port, theirs), ("service", service.port, ours)):
            rate, wrong = load(folder, port, paths, options.clients, options.seconds)
            rates[name].append(rate)
            print(f"  {name:<8} {rate:7.0f} MiB/s  {wrong}")
    middle = {name: statistics.median(found) for name, found in rates.items()}
    share = middle["service"] / middle["nginx"]
    print(f"medians: nginx {middle['nginx']:.0f}, service {middle['service']:.0f} MiB/s: {share:.0%}")
    print(f"memory of the service: {memory(service.process.pid):.0f} MiB at most")
    nginx.stop()
    service.stop()


# ---- events


async def listen(port, heard, opened):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    request = f"GET /events HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: smimezip_session={COOKIE}\r\n\r\n"
    writer.write(request.encode())
    if b"200" not in await reader.readline():
        raise SystemExit("a stream is refused")
    opened.append(1)
    events = 0
    while line := await reader.readline():
        events += line.startswith(b"data:")
        if b'"status":"completed"' in line:
            heard.append((time.perf_counter(), events))
            break
    writer.close()


def call(port, method, path, body=None, kind="application/json"):
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request(method, path, body=body, headers={**headers(path), "Content-Type": kind})
    answer = connection.getresponse()
    text = answer.read()
    if answer.status >= 300:
        raise SystemExit(text.decode())
    return json.loads(text)


async def hear(options, service):
    pid, heard, opened = service.process.pid, [], []
    connection = http.client.HTTPConnection("127.0.0.1", service.port)
    page = lambda runs: timed(connection, "/history", runs)
    alone, before = await asyncio.to_thread(page, 50), memory(pid, "VmRSS")
    listeners = [asyncio.create_task(listen(service.port, heard, opened)) for _ in range(options.streams)]
    while len(opened) < options.streams:
        await asyncio.sleep(0.05)
    print(f"\n{len(opened)} streams; memory {before:.0f} MiB before, {memory(pid, 'VmRSS'):.0f} with them")
    new = json.dumps({"title": "Load", "source": SOURCES[0]})
    await asyncio.to_thread(call, service.port, "POST", "/api/v1/jobs", new)
    meanwhile, begun = [], time.perf_counter()
    while len(heard) < options.streams and time.perf_counter() - begun < 120:
        meanwhile += await asyncio.to_thread(page, 1)
        await asyncio.sleep(0.02)
    for listener in listeners:
        listener.cancel()
    late = max(at for at, _ in heard) - min(at for at, _ in heard)
    print(f"{len(heard)} of {options.streams} heard that the job ended, after {min(e for _, e in heard)} events at least;")
    print(f"  the last of them {late:.2f} s after the first; the job ran {time.perf_counter() - begun:.1f} s")
    for name, found in (("nobody else", alone), ("the job running", meanwhile)):
        print(f"History with {name}: median {statistics.median(found):.1f} ms, 95 % {percentile(found, 0.95):.1f} ms, {len(found)} requests")
    print(f"memory of the service: {memory(pid):.0f} MiB at most")


def events(options, program, folder):
    database = Sqlite(folder)
    service = Service(program, folder / "service", database, 1, options.mebibytes)
    call(service.port, "PUT", "/api/v1/certificate", (TOP / "examples/data/certificate.pem").read_bytes(), "x/x")
    asyncio.run(hear(options, service))
    service.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["lists", "downloads", "events"])
    parser.add_argument("--program", default=TOP / "target/release/smimezip-service", type=Path)
    parser.add_argument("--folder", help="where everything lies; that of temporary files by default")
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--show", type=int, default=4)
    parser.add_argument("--clients", type=int, default=500)
    parser.add_argument("--files", type=int, default=64)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--mebibytes", type=int, default=1000)
    parser.add_argument("--streams", type=int, default=1000)
    options = parser.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    random.seed(1)
    with tempfile.TemporaryDirectory(dir=options.folder, ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o755)
        {"lists": lists, "downloads": downloads, "events": events}[options.what](options, options.program, Path(folder))


if __name__ == "__main__":
    main()

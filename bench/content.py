"""How fast the files of a site are digested and zipped: ratios within one run, on one core.

The peer does the least that any program has to: it reads each file once, takes SHA-256, and deflates,
at the same level, what is not compressed already. Each figure is CPU time of a process of its own, the
least of several runs; the files are in the system's cache.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from amplify_job_resource._content.digest_cache import DigestCache
from amplify_job_resource._content.files import PIECE
from amplify_job_resource._content.manifest import manifest_of
from amplify_job_resource._content.source import read_content
from amplify_job_resource._content.zip_packing import LEVEL, is_compressed
from amplify_job_resource._content.zip_upload import upload_of

#: Half of the bytes are text and half of them are pictures, about as in a site.
KINDS = (".html", ".png", ".js", ".webp", ".css", ".woff2")


def make_site(folder: Path, count: int, size: int) -> None:
    """So many files with so many bytes together; the largest is twenty times the smallest."""
    chance = random.Random(1)
    words = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=6)) for _ in range(5000)]
    text = " ".join(chance.choices(words, k=200_000)).encode()
    weights = [chance.uniform(0.1, 2) for _ in range(count)]
    for number, weight in enumerate(weights):
        length = int(size * weight / sum(weights))
        suffix = KINDS[number % len(KINDS)]
        path = folder / f"{number % 100}" / f"file-{number}{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(
            os.urandom(length) if is_compressed(path.name) else repeated(text, length, chance)
        )
        os.utime(path, (1, 1))


def repeated(text: bytes, length: int, chance: random.Random) -> bytes:
    begin = chance.randrange(len(text))
    return (text[begin:] + text * (length // len(text) + 1))[:length]


def hash_only(folder: Path) -> None:
    for path in paths(folder):
        digest = hashlib.sha256()
        for piece in pieces(path):
            digest.update(piece)
        digest.hexdigest()


def hash_and_deflate(folder: Path) -> None:
    for path in paths(folder):
        digest = hashlib.sha256()
        deflate = None if is_compressed(path.name) else zlib.compressobj(LEVEL)
        for piece in pieces(path):
            digest.update(piece)
            if deflate:
                deflate.compress(piece)
        if deflate:
            deflate.flush()
        digest.hexdigest()


def paths(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb", buffering=0) as file:
        while piece := file.read(PIECE):
            yield piece


def manifest(folder: Path) -> None:
    manifest_of(read_content(str(folder), [], folder))


def manifest_with_cache(folder: Path) -> None:
    content = read_content(str(folder), [], folder)
    manifest_of(content, DigestCache(folder.parent / "cache", str(folder)))


def plan_and_send(folder: Path) -> None:
    """What a deployment does after its preview: digests, the plan, the upload."""
    content = read_content(str(folder), [], folder)
    upload = upload_of(content, manifest_of(content))
    sent = sum(len(chunk) for chunk in upload.chunks())
    if sent != upload.size:
        raise AssertionError


WORK: dict[str, Callable[[Path], None]] = {
    work.__name__: work
    for work in (hash_only, manifest, manifest_with_cache, hash_and_deflate, plan_and_send)
}


def in_a_process(work: Callable[[Path], None], folder: Path) -> tuple[float, float]:
    """CPU seconds, and the peak of memory in MB, of a process that does it."""
    command = [sys.executable, "-m", "bench.content", "--work", work.__name__, str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds, peak = json.loads(done.stdout)
    return seconds, peak


def measure(work: Callable[[Path], None], folder: Path, runs: int) -> tuple[float, float]:
    results = [in_a_process(work, folder) for _ in range(runs)]
    return min(seconds for seconds, _ in results), max(peak for _, peak in results)


def do(work: Callable[[Path], None], folder: Path) -> None:
    """Do it in this process, and print what it took."""
    begun = time.process_time()
    work(folder)
    seconds = time.process_time() - begun
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
    sys.stdout.write(json.dumps([seconds, peak]))


def main() -> int:
    """Run all and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000, help="how many (default 10000)")
    parser.add_argument("--mb", type=int, default=1000, help="together, in MB (default 1000)")
    parser.add_argument("--runs", type=int, default=3, help="of each figure (default 3)")
    parser.add_argument("--work", choices=WORK, help=argparse.SUPPRESS)
    parser.add_argument("folder", type=Path, nargs="?", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.work:
        do(WORK[given.work], given.folder)
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "site"
        make_site(folder, given.files, given.mb * 1_000_000)
        sys.stdout.write(f"{given.files} files, {given.mb} MB\n")
        sys.stdout.write(f"{'':44} {'seconds':>8} {'speed':>7} {'MB':>5}\n")
        row = Rows(folder, given.runs)
        hashing = row("hashlib alone", hash_only)
        row("digests of all files", manifest, hashing)
        row("the same, filling the cache", manifest_with_cache, hashing, runs=1)
        row("the same, from the cache", manifest_with_cache, hashing)
        both = row("hashlib and zlib", hash_and_deflate)
        row("digests, plan and upload", plan_and_send, both)
    return 0


class Rows:
    """Measures and prints a row at a time."""

    def __init__(self, folder: Path, runs: int) -> None:
        self._folder = folder
        self._runs = runs

    def __call__(
        self,
        label: str,
        work: Callable[[Path], None],
        peer: float | None = None,
        runs: int | None = None,
    ) -> float:
        seconds, peak = measure(work, self._folder, runs or self._runs)
        speed = "" if peer is None else f"{peer / seconds:.2f}x"
        sys.stdout.write(f"{label:44} {seconds:8.2f} {speed:>7} {peak:5.0f}\n")
        return seconds


if __name__ == "__main__":
    sys.exit(main())

"""What benchhost reads from files: a config, results, a journal, a document with tables."""
import csv
import functools
import io
import json
import os
import re
import shutil
import xml.etree.ElementTree

import bench as benches
import mutation
from tries import Try

CONFIG_WORDS = mutation.dictionary(benches.ROOT / "tests" / "fuzz" / "config.dict")
RESULTS_WORDS = mutation.dictionary(benches.ROOT / "tests" / "fuzz" / "results.dict")
PLACED = re.compile(rb"mutant\.ini:\d+: ")
# Of the file as a whole, of which no line can be named.
UNPLACED = re.compile(rb"mutant\.ini(: \d+ servers x| is larger than|: .*(processor|cpus))")
FORMATS = ["md", "html", "csv", "rounds-csv", "json", "gbench", "gbench-rounds", "locust-csv",
           "github-custom", "bmf", "benchstat", "junit", "hgrm"]


csv.field_size_limit(2**30)


@functools.cache
def config_seeds():
    return [benches.SUITE.encode(),
            *(path.read_bytes() for folder in (benches.CORPUS / "config", benches.ROOT / "config")
              for path in sorted(folder.glob("*")) if path.is_file())]


def check_config(result):
    told = result.err + result.out
    if result.code == 2 and not PLACED.search(told) and not UNPLACED.search(told):
        return [f"no line of the config is named: {told[:300]!r}"]
    return []


def config(random, place, bench):
    """Right, or refused with the line."""
    seed = random.choice(config_seeds()) if random.random() < 0.4 else benches.SUITE.encode()
    kind = random.random()
    if kind < 0.6:
        text = mutation.lines_of(random, seed)
    elif kind < 0.9:
        text = mutation.bytes_of(random, seed, CONFIG_WORDS)
    else:
        text = mutation.blown_up(random, seed)
    path = place.give("mutant.ini", text)
    command = random.choice(([bench.program, "check", path],
                             [bench.program, "--config", path, "--dry-run"],
                             [bench.program, "run", "--quick", "--config", path, "--dry-run"]))
    return Try(command, codes={0, 2}, check=check_config)


def is_readable(kind, text):
    """Whether what was written is what its name says; the fault in words, or nothing."""
    try:
        if kind in ("json", "gbench", "gbench-rounds", "bmf"):
            json.loads(text)
        elif kind == "junit":
            xml.etree.ElementTree.fromstring(text)
        elif kind in ("csv", "rounds-csv"):
            rows = list(csv.reader(io.StringIO(text.decode())))
            if any(len(row) != len(rows[0]) for row in rows):
                return [f"the lines of {kind} have not all as many fields"]
    except (ValueError, xml.etree.ElementTree.ParseError, csv.Error) as fault:
        return [f"no {kind}: {fault}"]
    return []


def report(random, bench, path):
    kind = random.choice(FORMATS)
    command = [bench.program, "report", path, "--format", kind]
    to_file = random.random() < 0.4

    def check(result):
        if result.code != 0:
            return []
        written = result.place.cwd / "out"
        if to_file and not written.exists():
            return ["was done, and wrote nothing"]
        if to_file and written.is_dir():
            return []
        return is_readable(kind, written.read_bytes() if to_file else result.out)

    return Try(command + ["--out", "out"] * to_file, check=check, outs=("out",),
               is_text=kind != "html")


def compare(random, bench, path, good):
    pair = random.choice(([path, good], [good, path], [path, path]))
    kind = random.choice(("md", "json", "junit"))
    force = ["--force"] * (random.random() < 0.5)

    def check(result):
        done = result.code in (0, 1, 3) and result.out
        return is_readable(kind, result.out) if done else []

    return Try([bench.program, "compare", *pair, "--format", kind, *force], codes={0, 1, 2, 3},
               check=check)


def results(random, place, bench):
    """Told in a form that can be read, or refused."""
    documents = bench.documents
    seed = documents[min(random.randrange(len(documents)), random.randrange(len(documents)))]
    kind = random.random()
    if kind < 0.7:
        text = mutation.json_of(random, seed)
    elif kind < 0.95:
        text = mutation.bytes_of(random, seed, RESULTS_WORDS)
    else:
        text = random.choice((b'{"a":' * 40_000, b"[" * 200_000, b"[" + b"0," * 3_000_000 + b"0]",
                              seed * 2, seed + b"\0", b"\xef\xbb\xbf" + seed, b'"' + b"x" * 5_000_000,
                              b'{"schema":"benchhost.results/2","trials":' + b'[{"server":' * 30))
    path = place.give("results.json", text)
    if random.random() < 0.55:
        return report(random, bench, path)
    return compare(random, bench, path, str(bench.results / "results.json"))


def document(random, place, bench):
    """A document with tables between markers is checked or renewed, or refused with its line."""
    seed = (benches.ROOT / "README.md").read_bytes()
    path = place.give("page.md", mutation.bytes_of(
        random, seed, [b"<!-- BEGIN benchhost:table -->\n", b"<!-- END benchhost:table -->\n",
                       b"<!-- BEGIN benchhost:table profile=", b"profile=*", b"-->"]))
    flag = random.choice(("--check", "--update"))
    return Try([bench.program, "report", bench.results / "results.json", flag, path])


def _wound(random, path):
    """One file of a journal is no longer what was written."""
    text = path.read_bytes() if path.is_file() else b""
    what = random.randrange(12)
    if what <= 3:
        path.write_bytes(mutation.bytes_of(random, text, RESULTS_WORDS))
    elif what <= 6:
        path.write_bytes(mutation.json_of(random, text))
    elif what == 7:
        path.write_bytes(b"")
    elif what == 8:
        os.truncate(path, 150 * 1024 * 1024)
    else:
        path.unlink()
        if what == 9:
            path.mkdir()
        elif what == 10:
            path.symlink_to(random.choice(("/dev/null", "/dev/zero", "nowhere", path.name)))
        elif path.parent.name == "journal" and random.random() < 0.1:
            os.mkfifo(path)  # of what is written, somebody might come and read


def journal(random, place, bench):
    """A suite goes on, or says what is wrong with what it has."""
    out = place.cwd / "out"
    shutil.copytree(bench.results, out)
    files = sorted((out / "journal").iterdir()) + [out / "results.json", out / "report.md"]
    if random.random() < 0.15:
        one, other = random.sample(files, 2)
        one.rename(other.with_name("swapped"))
        other.rename(one)
        other.with_name("swapped").rename(other)
    else:
        _wound(random, random.choice(files[:-2] * 3 + files[-2:]))
    return Try([bench.program, "run", "--resume", out, "--no-progress"], outs=("out",))

"""What a try is, how it is started, and what holds of each, whatever was asked."""
import dataclasses
import os
import pathlib
import re
import select
import shlex
import shutil
import signal
import subprocess
import time

ALL_CODES = {0, 1, 2, 3, 130}  # README, "exit codes", without that of an internal error
MOST_SECONDS = 90              # on a machine that is busy with something else
MOST_TOLD = 128 * 1024         # to standard error
MOST_PRINTED = 32 * 1024 * 1024
MOST_RSS_KIB = 600 * 1024
LEFT_SECONDS = 15              # a tree that is killed may take five

# C0 but for the tab and the end of a line, DEL, C1, and what turns the direction of a text.
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\u0080-\u009f\u061c\u200e\u200f\u202a-\u202e"
                         "\u2066-\u2069]")


@dataclasses.dataclass
class Try:
    """One start of benchhost. The words of `command` are quoted for a shell; `prefix` comes before
    them and `suffix` behind them as they are."""
    command: list
    codes: set = dataclasses.field(default_factory=lambda: {0, 1, 2})
    prefix: str = ""     # such as "ulimit -n 20; exec nice"
    suffix: str = ""     # such as ">&-"
    outs: tuple = ()     # names that may appear in the working folder
    is_text: bool = True   # what it prints is text for people: no control characters
    is_heard: bool = True  # its standard error is where we look
    limits_memory: bool = True
    check: object = None   # check(result) -> what is wrong with it, in words
    opens: object = None   # opens() -> something to be closed afterwards, such as a server


@dataclasses.dataclass
class Result:
    code: int  # the exit code, or the negative number of a signal
    out: bytes
    err: bytes
    rss_kib: int
    seconds: float
    timed_out: bool
    place: object


class Place:
    """The folders of one try. What it is given stands in `given`."""

    def __init__(self, root, number):
        self.root = pathlib.Path(root) / str(number)
        shutil.rmtree(self.root, ignore_errors=True)
        self.given, self.cwd, self.home, self.tmp = (
            self.root / name for name in ("given", "cwd", "home", "tmp"))
        for folder in (self.given, self.cwd, self.home, self.tmp):
            folder.mkdir(parents=True)

    def give(self, name, content):
        """A file of that content, which may be bytes or text, and its path."""
        path = self.given / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    def drop(self):
        shutil.rmtree(self.root, ignore_errors=True)


def quoted(word):
    return shlex.quote(os.fspath(word))


def script_of(bench, place, attempt, mark):
    """The try as a script of the shell, which says everything that it depends on."""
    exported = {"HOME": place.home, "TMPDIR": place.tmp, "BENCHHOST_HOSTILE": mark,
                **bench.sanitizer_options(place)}
    lines = [f"cd {quoted(place.cwd)} || exit 125"]
    lines += [f"export {name}={quoted(value)}" for name, value in exported.items()]
    if attempt.limits_memory and not bench.sanitized:
        lines.append("ulimit -v 1500000")
    words = " ".join(quoted(word) for word in attempt.command)
    lines.append(f"{attempt.prefix or 'exec'} {words} {attempt.suffix}")
    return "\n".join(lines) + "\n"


def start(bench, place, attempt, mark):
    path = place.root / "command"
    path.write_bytes(os.fsencode(script_of(bench, place, attempt, mark)))
    environment = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    begin = time.monotonic()
    with open(place.root / "out", "wb") as out, open(place.root / "err", "wb") as err:
        child = subprocess.Popen(["/bin/sh", str(path)], stdin=subprocess.DEVNULL, stdout=out,
                                 stderr=err, env=environment, start_new_session=True)
    status, usage, timed_out = wait(child.pid)
    child.returncode = status  # it was waited for
    return Result(code=os.waitstatus_to_exitcode(status),
                  out=(place.root / "out").read_bytes(), err=(place.root / "err").read_bytes(),
                  rss_kib=usage.ru_maxrss, seconds=time.monotonic() - begin, timed_out=timed_out,
                  place=place)


def wait(pid):
    """Its status and what it used; it is killed when it takes too long."""
    descriptor = os.pidfd_open(pid)
    try:
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        timed_out = not poll.poll(MOST_SECONDS * 1000)
        if timed_out:
            os.killpg(pid, signal.SIGKILL)
        _, status, usage = os.wait4(pid, 0)
        return status, usage, timed_out
    finally:
        os.close(descriptor)


def running_with(mark):
    """The processes that a try has started, by its mark in their environment."""
    wanted = f"BENCHHOST_HOSTILE={mark}\0".encode()
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                environment = pathlib.Path("/proc", name, "environ").read_bytes()
            except OSError:  # it has ended meanwhile, or is not ours
                continue
            if wanted in environment + b"\0":
                found.append(int(name))
    return found


def left_running(mark):
    """Those that are still there after a while. They are ended."""
    end = time.monotonic() + LEFT_SECONDS
    left = running_with(mark)
    while left and time.monotonic() < end:
        time.sleep(0.02)
        left = running_with(mark)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    return left


def strays(place, attempt, given):
    """Files where none belongs."""
    found = [str(path) for folder in (place.home, place.tmp) for path in folder.iterdir()]
    found += [str(path) for path in place.cwd.iterdir() if path.name not in attempt.outs]
    found += [f"{path} is new" for path in place.given.iterdir() if path.name not in given]
    return found


def faults_of_text(name, content):
    try:
        text = content.decode()
    except UnicodeDecodeError as fault:
        return [f"{name} is not UTF-8: {fault}"]
    found = UNPRINTABLE.search(text)
    around = text[max(0, found.start() - 20):found.start() + 20] if found else ""
    return [f"{name} has the character U+{ord(found.group()):04X} in {around!r}"] if found else []


def faults_of(bench, attempt, result):
    """What may never be, whatever was tried."""
    wrong = []
    if result.timed_out:
        wrong.append(f"did not end within {MOST_SECONDS} s")
    elif result.code < 0:
        wrong.append(f"was ended by {signal.Signals(-result.code).name}")
    elif result.code not in attempt.codes:
        wrong.append(f"exit code {result.code}, not one of {sorted(attempt.codes)}")
    if b"internal error" in result.out + result.err:
        wrong.append("an internal error")
    if len(result.err) > MOST_TOLD or len(result.out) > MOST_PRINTED:
        wrong.append(f"printed {len(result.out)} bytes and told {len(result.err)}")
    if attempt.is_text:
        wrong += faults_of_text("standard output", result.out)
    wrong += faults_of_text("standard error", result.err)
    if attempt.is_heard and result.code in (1, 2) and not result.err + result.out:
        wrong.append("failed without a word")
    if not bench.sanitized and result.rss_kib > MOST_RSS_KIB:
        wrong.append(f"took {result.rss_kib // 1024} MiB of memory")
    wrong += [f"a sanitizer: {report.read_text(errors='replace')[:2000]}"
              for report in sorted(result.place.root.glob("sanitizer.*"))]
    return wrong


def run(bench, place, attempt, mark):
    """What was wrong with the try, its exit code, and how long it took."""
    given = {path.name for path in place.given.iterdir()}
    opened = attempt.opens() if attempt.opens else None
    try:
        result = start(bench, place, attempt, mark)
        wrong = faults_of(bench, attempt, result)
        wrong += [f"process {pid} was left running" for pid in left_running(mark)]
        wrong += [f"left {stray}" for stray in strays(place, attempt, given)]
        if attempt.check and not wrong:
            wrong += attempt.check(result)
    finally:
        if opened:
            opened.close()
    return wrong, result.code, result.seconds

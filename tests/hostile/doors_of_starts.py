"""What benchhost is given on its command line, and in which state it is started."""
import mutation
from tries import Try

NOBODY = "http://127.0.0.1:1/text"  # no port that anybody listens on
SHORT = ["-d", "50ms", "--timeout", "200ms"]
LOAD_FLAGS = ["-c", "-t", "-d", "--warmup", "--timeout", "--rate", "--arrivals", "--users", "--spawn-rate",
              "--think-time", "--expect-status", "--expect-body-file", "--pipeline", "--seed", "--cpus"]
RUN_FLAGS = ["--servers", "--profiles", "--repeats", "--seed", "--set"]
SECTIONS = ["suite", "payload", "limits", "gate", "cluster", "profile.text", "server.good", "profile.no", ""]
KEYS = ["name", "servers", "repeats", "seed", "calm", "route", "load", "connections", "duration", "warmup",
        "timeout", "rate", "users", "json", "text", "file", "memory", "nofile", "server_cpus", "csv", "url",
        "plugin", "env.A", "p99", "interface", "", "nosuch"]


def _flags(random, names, most):
    """Some of them with hostile values."""
    words = []
    for name in random.sample(names, random.randint(1, most)):
        words += [name, mutation.word(random)]
    return words


def _url(random):
    """Only such as name this machine, or nothing at all."""
    if random.random() < 0.15:
        return "unix:" + mutation.word(random)
    scheme = random.choice(("http://", "HTTP://", "https://", "http:/", "ftp://", "", "http:\\\\"))
    host = random.choice(("127.0.0.1", "[::1]", "[::1", "[::g]", "[fe80::1%lo]", "", "user:pw@127.0.0.1",
                          "[::ffff:127.0.0.1]", "[127.0.0.1]", "::1"))
    word = mutation.word(random)
    word = "1" if word[:1] in "/?#" else word  # an empty port is that of the Web
    port = random.choice((":1", ":1", ":0", ":65536", ":1:1", ":" + word))
    path = random.choice(("", "/", "/text", "/" + mutation.word(random), "?" + mutation.word(random), "#x"))
    return scheme + host + port + path


def _load(random, bench):
    if random.random() < 0.35:
        return Try([bench.program, "load", _url(random), *SHORT], codes={1, 2})
    flags = _flags(random, LOAD_FLAGS, 3)
    if "--rate" not in flags and random.random() < 0.2:
        flags += ["--rate", "100"]
    return Try([bench.program, "load", NOBODY, *flags], codes={1, 2})


def _dry_run(random, bench):
    flags = []
    for name in random.sample(RUN_FLAGS, random.randint(1, 3)):
        value = mutation.word(random)
        if name == "--set":
            value = f"{random.choice(SECTIONS)}.{random.choice(KEYS)}={value}"
        flags += [name, value]
    return Try([bench.program, "--config", bench.suite, "--dry-run", *flags])


def _report(random, bench):
    name = mutation.word(random)
    results = bench.results / "results.json"
    # Below the working folder alone.
    if "/" in name or name in ("", ".", ".."):
        return Try([bench.program, "report", results, "--format", name])
    return Try([bench.program, "report", results, "--out", name], outs=(name,))


def _other(random, bench):
    word = mutation.word(random)
    good = bench.results / "results.json"
    return Try(random.choice((
        [bench.program, "check", word],
        [bench.program, "check", bench.suite, "--option", word],
        [bench.program, "list", "--plugin-dir", word],
        [bench.program, "report", word],
        [bench.program, "report", good, "--check", word],
        [bench.program, "compare", good, word],
        [bench.program, "compare", good, good, "--tolerance", random.choice(("", "rps=", "p99=5%,")) + word],
        [bench.program, "compare", good, good, "--format", word],
        [bench.program, "compare", "--base-plugin", word, "--head-plugin", word, "--config", bench.suite],
        [bench.program, "new", word, "--lang", random.choice(("cpp", "c", word))],
        [bench.program, "run", "--resume", word],
        [bench.program, "--config", word, "--dry-run"],
        [bench.program, word],
        [bench.program, word, word, word],
        [bench.program, "--" + word.replace("=", ""), word],
        [bench.program, "list", *[word] * 50],
        [bench.program, "report", good, *["--format", "md"] * 20])), codes={0, 1, 2, 3})


def command_line(random, place, bench):
    """One clear line, whatever is typed."""
    return random.choice((_load, _load, _dry_run, _dry_run, _report, _other, _other))(random, bench)


SIGNALS = ["CHLD", "PIPE", "TTOU", "TTIN", "XFSZ", "HUP", "INT", "TERM", "USR1", "ALRM"]


def _signals(random):
    how = random.choice(("ignore", "block"))
    names = "" if random.random() < 0.3 else "=" + ",".join(
        random.sample(SIGNALS, random.randint(1, 4)))
    return f"env --{how}-signal{names}"


def _limits(random, bench):
    """What prlimit is told; the resources are small, but a program can begin."""
    limits = {"nofile": random.choice((8, 10, 12, 16, 24, 64)),
              "fsize": random.choice((0, 100, 1000, 10_000)),
              "nproc": random.choice((1, 10, 50)), "stack": 2**20, "core": 0, "memlock": 0,
              "sigpending": 1, "data": 2**28, "as": random.choice((400, 600, 1000)) * 2**20}
    if bench.sanitized:  # which take what they want, and say where
        limits = {name: limits[name] for name in ("nofile", "core", "memlock")}
        limits["nofile"] += 8
    names = random.sample(sorted(limits), random.randint(1, 2))
    return names, "prlimit " + " ".join(f"--{name}={limits[name]}" for name in names) + " --"


def _environment(random):
    return "env " + random.choice((
        "-u PATH", "-u HOME", "-u PATH -u HOME -u LANG", "PATH=", "HOME=/nonexistent", "LC_ALL=tr_TR.UTF-8",
        "LC_ALL=nosuch", "LANG=", "COLUMNS=1", "COLUMNS=99999999999", "COLUMNS=-1", "TERM=x", "TZ=x/../y",
        "PWD=/nonexistent", "TMPDIR=/nonexistent", "TMPDIR=", "TMPDIR=/dev/null",
        "GITHUB_STEP_SUMMARY=/dev/full", "GITHUB_STEP_SUMMARY=/", "BENCHHOST_PLUGIN_PATH=/nonexistent:::/"))


def _commands(bench, place):
    good = bench.results / "results.json"
    return {
        "version": ["--version"], "help": ["--help"], "list": ["list"], "json": ["list", "--json"],
        "check": ["check", bench.suite], "plan": ["--config", bench.suite, "--dry-run"],
        "report": ["report", good], "junit": ["report", good, "--format", "junit"],
        "file": ["report", good, "--out", "out"], "compare": ["compare", good, good],
        "run": ["--config", bench.suite, "--out", "out", "--servers", "good"]}


def start(random, place, bench):
    """Whatever a parent leaves behind is harmless, or one clear line says what fails."""
    commands = _commands(bench, place)
    name = "run" if random.random() < 0.15 else random.choice(sorted(set(commands) - {"run"}))
    before, wrappers, limited = "", [], []
    if random.random() < 0.25:
        before = random.choice(("umask 0; ", "umask 0077; ", "umask 0177; ", "umask 0027; ",
                                "mkdir gone; cd gone; rmdir ../gone; "))
    if random.random() < 0.4:
        wrappers.append(_signals(random))
    if random.random() < 0.3:
        wrappers.append(_environment(random))
    if random.random() < 0.25:
        wrappers.append(f"nice -n {random.choice((1, 5, 19))}")
    if random.random() < 0.35:
        limited, words = _limits(random, bench)
        wrappers.append(words)
    # The kernel's own names, since PATH may be gone by then.
    wrappers = [f"/usr/bin/{words}" for words in wrappers]
    suffix = " ".join((random.choice(("", "", "<&-", "</dev/zero", "<.")),
                       random.choice(("", "", ">&-", ">/dev/full")),
                       random.choice(("", "", "2>&-", "2>/dev/full"))))
    # Of these it is known that they succeed, when nothing is missing.
    certain = (name not in ("run", "compare") and not limited and not before
               and not any("TMPDIR" in words for words in wrappers))

    def check(result):
        if ">/dev/full" in suffix.replace("2>/dev/full", "") and name != "file" and result.code == 0:
            return ["its output was lost, and nobody was told by the exit code"]
        if certain and "/dev/full" not in suffix and result.code != 0:
            return [f"failed with exit code {result.code}: {result.err[:300]!r}"]
        return []

    return Try([bench.program, *commands[name]], prefix=f"{before}exec {' '.join(wrappers)}", suffix=suffix,
               codes={0, 1, 2, 3} if name == "compare" else {0, 1, 2}, outs=("out",),
               is_heard=not limited and "2>" not in suffix, limits_memory="as" not in limited,
               check=check)

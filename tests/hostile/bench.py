"""What all tries share: copies of the programs with one plugin beside them, so that little has to be
started, and results to begin with."""
import functools
import os
import pathlib
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORPUS = ROOT / "tests" / "fuzz" / "corpus"
GOLDEN = ROOT / "tests" / "golden"

SUITE = """[suite]
name = hostile
servers = good
repeats = 2
retries = 0
calm = 0
[profile.text]
route = text
load = closed
connections = 2
duration = 60ms
warmup = 0
timeout = 10s
"""


class Bench:
    def __init__(self, build, root):
        build = pathlib.Path(build).resolve()
        self.root = pathlib.Path(root).resolve()
        self.work = self.root / "tries"
        self.plugins = self.root / "more-plugins"  # by --plugin-dir alone
        programs = self.root / "bin"
        shutil.rmtree(self.root, ignore_errors=True)
        for folder in (programs / "plugins", self.plugins, self.work):
            folder.mkdir(parents=True)
        for name in ("benchhost", "benchhost-serve"):
            shutil.copy(build / "bin" / name, programs / name)
        fixtures = build / "tests" / "plugins"
        shutil.copy(fixtures / "good.so", programs / "plugins")
        shutil.copy(fixtures / "says_anything.so", self.plugins)
        self.program = programs / "benchhost"
        self.sanitized = any(name in self.program.read_bytes()
                             for name in (b"__asan_init", b"__tsan_init"))
        self.suite = self.root / "suite.ini"
        self.suite.write_text(SUITE)
        self.results = self.measure()

    def sanitizer_options(self, place):
        """So that whichever process a sanitizer has to say something of, it is found."""
        if not self.sanitized:
            return {}
        common = f"exitcode=99:log_path={place.root}/sanitizer"
        return {"ASAN_OPTIONS": f"{common}:handle_segv=0:handle_abort=0",
                "UBSAN_OPTIONS": f"{common}:print_stacktrace=1",
                "TSAN_OPTIONS": f"{common}:handle_segv=0:handle_abort=0:atexit_sleep_ms=0:"
                                f"suppressions={ROOT}/tests/races.supp",
                "LSAN_OPTIONS": f"suppressions={ROOT}/tests/leaks.supp:print_suppressions=0"}

    def measure(self):
        """The folder of a suite that was measured: two trials."""
        out = self.root / "measured"
        run = subprocess.run([self.program, "--config", self.suite, "--out", out], cwd=self.root,
                             stdin=subprocess.DEVNULL, capture_output=True, timeout=300)
        # Whether the machine let it measure well does not matter here.
        if run.returncode not in (0, 1) or not (out / "results.json").is_file():
            raise SystemExit(f"hostile: nothing could be measured (exit code {run.returncode}):\n"
                             f"{os.fsdecode(run.stderr)}")
        return out

    @functools.cached_property
    def documents(self):
        """Results as they are and were, small ones first."""
        found = [*GOLDEN.glob("*.json"), *GOLDEN.glob("results-*/*.json"),
                 *(CORPUS / "results").iterdir(), self.results / "results.json"]
        return sorted((path.read_bytes() for path in found), key=lambda text: (len(text), text))

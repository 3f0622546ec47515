"""docs/coming-from.md as a test runs it: its commands, and the files that they need."""
import pathlib
import re

BLOCK = re.compile(r"^(?:<!-- file (?P<file>\S+) -->\n)?```(?P<language>\w*)(?: (?P<tool>\w+))?\n"
                   r"(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)

# What a run of minutes would not show better: how it is on the page, how it is run.
SHORTER_COMMANDS = [
    (r"(-[dz]) ?1[05]s?(?=\s|$)", r"\1 1s"),
    (r"-D 10(?=\s|$)", "-D 1"),
    # What is not counted by either side cannot be held against what came.
    (r" --warm-up-time 2(?=\s|$)", ""),
    (r" --warmup 2s(?=\s|$)", ""),
    (r"-u 1000 -r 500 -t 30s", "-u 20 -r 100 -t 3s"),
    # All users come before the window begins, and ask again in it.
    (r"--users 1000 --spawn-rate 500 --think-time 1s\.\.3s -d 30s",
     "--users 20 --spawn-rate 1M --think-time 10ms..30ms -d 1s"),
    (r"p99>50ms", "p99>1m"),
]
SHORTER_FILES = [
    (r"duration: '10s'", "duration: '1s'"),
    (r"p\(99\)<50'", "p(99)<60000'"),
    (r"between\(1, 3\)", "between(0.01, 0.03)"),
    (r"(duration +)= 15s", r"\1= 1s"),
    (r"(warmup +)= 15s", r"\1= 100ms"),
]
LONG = re.compile(r"\b[1-9]\d+s\b")  # what neither of the two lists has made shorter
ADDRESS = "127.0.0.1:8080"


class Command:
    """A line of the page: which tool's it is, and what is run instead of it."""

    def __init__(self, tool, line):
        self.tool = tool
        self.line = line

    def adapted(self, address):
        return _adapted(self.line, SHORTER_COMMANDS, address)


class Page:
    def __init__(self, path):
        self.commands = []
        self.files = {}
        self.starts = []  # how the page tells to start a server
        for block in BLOCK.finditer(pathlib.Path(path).read_text()):
            if block["file"]:
                self.files[block["file"]] = block["text"]
            elif block["language"] == "sh" and block["tool"]:
                self.commands += [Command(block["tool"], line)
                                  for line in block["text"].splitlines()]
            elif block["language"] == "sh":
                self.starts += block["text"].splitlines()

    def write_files(self, folder, address):
        for name, text in self.files.items():
            adapted = _adapted(text, SHORTER_FILES, address)
            # A request as it goes over the wire.
            newline = "\r\n" if name.endswith(".raw") else "\n"
            with open(folder / name, "w", newline=newline) as file:
                file.write(adapted)


def _adapted(text, shorter, address):
    for pattern, replacement in shorter:
        text = re.sub(pattern, replacement, text)
    if LONG.search(text):
        raise ValueError(f"the page has a time that this test does not make shorter: {text}")
    return text.replace(ADDRESS, address)

"""How what is right is made wrong, by chance but the same for the same numbers."""
import json
import re

# Values that somebody types, generates or forges.
WORDS = ["", " ", "\t", "0", "-0", "-1", "1", "+5", "010", "0x10", "1_000", "1e3", "1e999", "-1e999", "nan",
         "inf", "9223372036854775807", "9223372036854775808", "18446744073709551615",
         "18446744073709551616", "-18446744073709551615", "99999999999999999999999", "0.1", ".5", "5.",
         "1ns", "1ms", "1s", "24h", "25h", "1000000h", "-1s", "5 s", "1s..2s", "2s..1s", "1k/s", "1M/s",
         "1e7/s", "0/s", "1k/s:10s", "100%", "101%", "-5%", "1KiB", "1PiB", "yes", "no", "none", "auto",
         "0-3,6", "0-4095", "4096", "0-99999999999", "*", "!", "!*", "*,!*", "[", "[a-", "?", "good",
         "text", "json", "file", "closed", "users", "rate", "limit", "x" * 65, "x" * 5000, "a," * 3000,
         "1/s," * 1500, "[" * 70, '{"a":' * 70, "%s%n%x", "$HOME", "`id`", "'; exit 77; '", '"', "]]>",
         "</script>", "<b>", "|", "=", "==", "#", ";", " # comment", "../..", "/", "/dev/zero", "/dev/full",
         "/proc/self/mem", ".", "-", "--", "{cwd}", "{port}", "\x1b[31mred", "\x1b]0;title\x07", "\x07",
         "\r", "\r\nX: y", "\x7f", "\u009b31m", "\u202egnp.exe", "\u2066x", "\u200b", "\ufeff", "\ufffe",
         "\U000e0041", "\u0301" * 50, "\u00fc" * 200, "\U0001f600"]
# Values that many keys of a config take.
LIKELY = [b"1", b"2", b"64", b"1s", b"500ms", b"1h", b"1k/s", b"10%", b"1GiB", b"yes", b"no", b"auto", b"none",
          b"good", b"*", b"text", b"json", b"file", b"closed", b"any text", b"[1,2]"]
# Bytes that are no UTF-8, as a command line and a file may have them.
BROKEN = [b"\xff", b"\xfe\xff", b"\xc3", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"caf\xe9",
          b"\x80" * 20]


def word(random):
    """A hostile value as text; os.fsencode() gives its bytes."""
    if random.random() < 0.12:
        return random.choice(BROKEN).decode("utf-8", "surrogateescape")
    return random.choice(WORDS)


def word_bytes(random):
    return word(random).encode("utf-8", "surrogateescape")


def dictionary(path):
    """The words of a file that libFuzzer reads."""
    words = []
    for line in path.read_text().splitlines():
        found = re.match(r'"(.*)"$', line)
        if found:
            words.append(re.sub(r"\\x([0-9a-f]{2})|\\(.)",
                                lambda part: chr(int(part[1], 16)) if part[1] else part[2],
                                found[1]).encode("latin-1"))
    return words


def bytes_of(random, text, words=()):
    """`text` with one to four wounds."""
    for _ in range(random.choice((1, 1, 1, 2, 3, 4))):
        begin = random.randint(0, len(text))
        end = min(len(text), begin + random.choice((0, 1, 1, 2, 8, 64, 1000)))
        what = random.randrange(8)
        if what == 0:
            new = b""
        elif what == 1:
            new = bytes(random.randrange(256) for _ in range(random.choice((1, 2, 8))))
        elif what == 2:
            new = text[begin:end] * random.choice((2, 3, 50))
        elif what == 3 and words:
            new = random.choice(words)
        elif what == 4:
            return text[:begin]
        elif what == 5:
            new = bytes([text[begin] ^ 1 << random.randrange(8)]) if begin < len(text) else b"\0"
            end = min(len(text), begin + 1)
        else:
            new = word_bytes(random)
        text = text[:begin] + new + text[end:]
    return text


def lines_of(random, text):
    """An INI file with lines that were changed as somebody does who does not know them."""
    lines = text.splitlines(keepends=True) or [b""]
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        at = random.randrange(len(lines))
        key, equals, _ = lines[at].partition(b"=")
        what = random.randrange(9)
        if what <= 3 and equals:
            value = random.choice(LIKELY) if random.random() < 0.5 else word_bytes(random)
            lines[at] = key + b"= " + value + b"\n"
        elif what == 4:
            lines.insert(at, lines[random.randrange(len(lines))])
        elif what == 5:
            del lines[at]
            lines = lines or [b""]
        elif what == 6:
            other = random.randrange(len(lines))
            lines[at], lines[other] = lines[other], lines[at]
        elif what == 7:
            lines[at] = lines[at].rstrip(b"\r\n") + random.choice((b"\r\n", b"\0\n", b" ; x\n", b"\\\n"))
        else:
            lines.insert(at, random.choice((b"[", b"[]\n", b"[suite]\n", b"[profile.]\n", b"]\n", b"=\n",
                                            b"x\n", b"[server." + word_bytes(random) + b"]\n")))
    return b"".join(lines)


def blown_up(random, text):
    """A file of a size or a form that nobody expects."""
    lines = text.splitlines(keepends=True) or [b"\n"]
    return random.choice((
        lambda: text + random.choice(lines) * random.choice((500, 20_000)),
        lambda: text + b"# " + b"x" * 1_200_000,
        lambda: text + b"x = " + b"y" * 900_000 + b"\n",
        lambda: text + b"".join(b"[profile.p%d]\nroute = text\n" % i for i in range(3000)),
        lambda: b"\xef\xbb\xbf" + text,
        lambda: text.decode("latin-1").encode("utf-16"),
        lambda: text.replace(b"\n", b"\r\n"),
        lambda: text.replace(b"\n", b"\r"),
        lambda: bytes(random.randrange(256) for _ in range(4096)),
        lambda: b""))()


def _paths(value, path=()):
    yield path
    items = (value.items() if isinstance(value, dict)
             else enumerate(value) if isinstance(value, list) else ())
    for key, inner in items:
        yield from _paths(inner, (*path, key))


def _value_of_its_kind(random, old):
    """What may be right: such a document is read on."""
    if isinstance(old, bool):
        return not old
    if isinstance(old, int):
        return random.choice((0, 1, 2, old + 1, old // 2, 10**6, 2**32, 2**53, 2**63 - 1))
    if isinstance(old, float):
        return random.choice((0.0, old * 2, old / 1e6, 1e-300, 1e15, 1e308, 0.999, 100.0))
    if isinstance(old, str):
        return word(random).encode("utf-8", "replace").decode() * random.choice((1, 1, 30))
    return type(old)()


def _hostile_value(random, old):
    if old is not None and random.random() < 0.9:
        return _value_of_its_kind(random, old)
    return random.choice((
        lambda: None, lambda: True, lambda: -1, lambda: 0, lambda: 2**63 - 1, lambda: 1e308,
        lambda: 5e-324, lambda: -0.0, lambda: 0.5, lambda: "", lambda: [], lambda: {}, lambda: [old] * 3,
        lambda: {"a": old}, lambda: word(random).encode("utf-8", "replace").decode(),
        lambda: word(random).encode("utf-8", "replace").decode() * 30))()


def json_of(random, text):
    """A JSON document with values that were changed, taken away or written twice."""
    try:
        document = json.loads(text)
    except ValueError:
        return bytes_of(random, text)
    for _ in range(random.choice((1, 1, 2, 3, 8))):
        paths = [path for path in _paths(document) if path]
        if not paths:
            break
        *way, last = random.choice(paths)
        holder = document
        for key in way:
            holder = holder[key]
        what = random.randrange(10)
        if what == 0:
            del holder[last]
        elif what == 1 and isinstance(holder, list):
            holder.extend([holder[last]] * random.choice((1, 2, 10)))
        else:
            holder[last] = _hostile_value(random, holder[last])
    return json.dumps(document, ensure_ascii=random.random() < 0.5).encode("utf-8", "replace")

#!/usr/bin/env python3
"""Find the mutants of the library that no test notices, with one build for all of them.

    python3 scripts/mutants.py -f 'src/pcm/**' -f 'src/ops/gain/**'
    python3 scripts/mutants.py -f 'src/stream/**' --rebuild

A mutant is a small change that a test should notice: another operator, a function that returns a constant, an arm of a `match` that is
missing. The list is that of cargo-mutants, which builds the crate once for each. Here all mutants are written into a copy of the tree at
once, each as a branch that an environment variable switches on, so that a mutant costs a few runs of single tests instead of a build.
Each mutant is run with the tests that reach it, the fastest first, until one fails. It survives if none does.

Needs Linux, `cargo install cargo-mutants --locked`, and from PyPI tree-sitter and tree-sitter-rust.

A mutant is *unviable* if it does not compile. It is *fixed* if no switch can stand there, as in a constant; `--rebuild` runs those
instead of the others, with a build each. Ctrl-C and SIGTERM end early, with the numbers so far. Tests that fail without a mutant are
left out, and so are slow tests and doctests. Times are of the CPU, so that a busy machine kills no mutant.
"""

import argparse
import collections
import concurrent.futures
import dataclasses
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import struct
import subprocess
import sys
import threading

import tree_sitter
import tree_sitter_rust

ROOT = pathlib.Path(__file__).resolve().parent.parent
TESTS = "reading writing measuring changing contract hostile allocations same_bits media"
MEMORY_KIB = 4 << 20
STATES = ("unviable", "fixed", "killed", "survived")
# Some lints would refuse a mutant that the compiler can see to be wrong.
ALLOW = b"#![allow(warnings, unsafe_code, arithmetic_overflow, unconditional_panic, overflowing_literals)]\n"
SWITCH = rb"""
/// Returns whether this mutant is switched on, and notes that it was reached.
#[inline]
pub(crate) fn mutated(number: u32) -> bool {
    use std::sync::{LazyLock, Mutex, atomic::{AtomicBool, Ordering}};
    type Seen = (Mutex<std::fs::File>, Vec<AtomicBool>);
    static STATE: LazyLock<(u32, Option<Seen>)> = LazyLock::new(|| {
        let file = std::env::var_os("MUTANTS_SEEN").and_then(|path| std::fs::File::options().append(true).open(path).ok());
        let seen = file.map(|file| (Mutex::new(file), std::iter::repeat_with(AtomicBool::default).take(1 << 16).collect()));
        (std::env::var("MUTANT").map_or(0, |number| number.parse().unwrap()), seen)
    });
    if let Some((file, seen)) = &STATE.1 {
        if !seen[number as usize].swap(true, Ordering::Relaxed) {
            // Without an allocation, which some tests count.
            std::io::Write::write_all(&mut *file.lock().unwrap(), &number.to_le_bytes()).unwrap();
        }
    }
    STATE.0 == number
}
"""


@dataclasses.dataclass(eq=False)
class Mutant:
    number: int
    file: str
    genre: str
    name: str
    replacement: bytes
    start: int
    end: int
    state: str = ""
    why: str = ""


class Source:
    """A file, its syntax, and the mutants at its nodes."""

    def __init__(self, file, listed):
        self.file, self.text, self.at, self.const = file, (ROOT / file).read_bytes(), collections.defaultdict(list), {}
        self.root = tree_sitter.Parser(tree_sitter.Language(tree_sitter_rust.language())).parse(self.text).root_node
        lines = [0] + [match.end() for match in re.finditer(b"\n", self.text)]

        def offset(place):
            begin = lines[place["line"] - 1]
            return begin + len(self.text[begin:].split(b"\n", 1)[0].decode()[: place["column"] - 1].encode())

        self.mutants = []
        for number, one in listed:
            start, end = offset(one["span"]["start"]), offset(one["span"]["end"])
            mutant = Mutant(number, file, one["genre"], one["name"], one["replacement"].encode(), start, end)
            self.mutants.append(mutant)
            self.attach(mutant)

    def attach(self, mutant):
        """Finds the node that a mutant changes, and whether a switch can stand there."""
        node, found = self.root.descendant_for_byte_range(mutant.start, mutant.start + 1), None
        while mutant.genre == "FnValue" and not self.changed(node, mutant):
            # The first statement of the body may be a constant, which is replaced as well.
            node = node.parent
        while node and node.type not in ("const_item", "static_item", "const_block", "array_type", "type_arguments"):
            if node.type == "let_chain" and not found and mutant.genre == "BinaryOperator":
                mutant.state, mutant.why = "unviable", "`||` in a chain of `let`"
                return
            found = found or self.changed(node, mutant)
            parent = node.parent
            if found and node.type == "function_item":
                if any(b"const" in child.text.split() for child in node.children if child.type == "function_modifiers"):
                    self.const.setdefault(node.child_by_field_name("name").text.decode(), []).append(mutant)
                break
            if found and parent and parent.type == "array_expression" and node == parent.child_by_field_name("length"):
                break
            node = parent
        if found and node and node.type == "function_item" and not (mutant.genre == "FnValue" and "-> impl" in mutant.name):
            self.at[found.id].append(mutant)
        else:
            mutant.state, mutant.why = "fixed", "a constant, or a type"

    @staticmethod
    def changed(node, mutant):
        """Returns the node that is written anew, if the mutant is of this node."""
        field, genre = node.child_by_field_name, mutant.genre
        if genre == "FnValue" and node.type == "function_item":
            return field("body") if field("body").start_byte <= mutant.start else None
        if genre == "BinaryOperator" and node.type in ("binary_expression", "compound_assignment_expr"):
            return node if field("operator").start_byte == mutant.start else None
        if genre == "UnaryOperator" and node.type == "unary_expression":
            return node if node.start_byte == mutant.start else None
        if genre == "MatchArm" and node.type == "match_arm":
            return field("pattern")
        if genre == "MatchArmGuard" and node.type == "match_pattern":
            return field("condition")
        return node if genre == "StructField" and node.type.endswith("field_initializer") else None

    def render(self, node):
        """Returns the text of a node with its switches. Comments enclose what an error is then blamed on."""
        parts, at = [], node.start_byte
        for child in node.children:
            parts += [self.text[at : child.start_byte], self.render(child)]
            at = child.end_byte
        text = b"".join(parts) + self.text[at : node.end_byte]
        if node.type == "function_modifiers" and node.parent.child_by_field_name("name").text.decode() in self.const:
            text = re.sub(rb"\bconst\b", b"", text)
        mutants = [mutant for mutant in self.at.get(node.id, []) if not mutant.state]
        if not mutants:
            return text
        first, genre = mutants[0].number, mutants[0].genre
        if genre == "MatchArm":
            switch = b" /*<%d*/if !crate::mutated(%d)/*%d>*/" % (first, first, first)
            guard = node.child_by_field_name("condition")
            if not guard:
                return text + switch
            return self.text[node.start_byte : guard.start_byte].rstrip()[:-2] + switch + b" && (" + self.render(guard) + b")"
        if genre == "StructField":
            name, value = node.children[0].text, text.split(b":", 1)[-1]
            base = next(child.children[-1].text for child in node.parent.children if child.type == "base_field_initializer")
            return b"%s: /*(%d*/if crate::mutated(%d) { (%s).%s } else {%s}/*%d)*/" % (name, first, first, base, name, value, first)
        switches = []
        for mutant in mutants:
            changed = self.text[node.start_byte : mutant.start] + mutant.replacement + self.text[mutant.end : node.end_byte]
            changed = b"return %s;" % mutant.replacement if genre == "FnValue" else changed
            switches.append(b"if crate::mutated(%d) {/*<%d*/ %s /*%d>*/}" % (mutant.number, mutant.number, changed, mutant.number))
        if genre == "FnValue":
            return b"{ " + b" ".join(switches) + text[1:]
        return b"(/*(%d*/%s else { %s }/*%d)*/)" % (first, b" else ".join(switches), text, first)

    def rendered(self):
        text = self.text[: self.root.start_byte] + self.render(self.root) + self.text[self.root.end_byte :]
        return ALLOW + text + SWITCH if self.file == "src/lib.rs" else text


class Copy:
    """A copy of the tree, in which the mutants are."""

    def __init__(self, scratch, sources, tests, level):
        self.path, self.scratch, self.sources, self.level = scratch / "tree", scratch, sources, level
        sources.setdefault("src/lib.rs", Source("src/lib.rs", []))
        self.targets = ["--lib"] + [word for test in tests.split() for word in ("--test", test)]
        shutil.rmtree(self.path, ignore_errors=True)
        for name in subprocess.check_output(["git", "ls-files", "-z"], cwd=ROOT, text=True).split("\0")[:-1]:
            (self.path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, self.path / name)

    def write(self, fixed=None):
        """Writes all mutants as switches, or only one, in the place of the code."""
        for source in self.sources.values():
            text = source.text if fixed else source.rendered()
            if fixed in source.mutants:
                text = text[: fixed.start] + fixed.replacement + text[fixed.end :]
            if fixed and source.file == "src/lib.rs":
                text = ALLOW + text
            (self.path / source.file).write_bytes(text)

    def cargo(self, *command):
        command = ["cargo", *command, "--all-features", "--message-format=json", *self.targets]
        # Of its own, because cargo takes what it built of a copy for built of the tree.
        environment = os.environ | {"CARGO_TARGET_DIR": str(self.scratch / "target"), "CARGO_PROFILE_DEV_OPT_LEVEL": self.level}
        lines = subprocess.run(
            command, cwd=self.path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ).stdout  # fmt: skip
        return [json.loads(line) for line in lines.splitlines() if line.startswith("{")]

    def drop_what_does_not_compile(self):
        """Checks the copy without the mutants that errors are blamed on, until no error is left."""
        while True:
            self.write()
            errors = [message["message"] for message in self.cargo("check") if message["reason"] == "compiler-message"]
            errors = [error for error in errors if error["level"] == "error" and error["spans"]]
            dropped = sum(self.drop(error) for error in errors)
            print(f"checked: {counted(len(errors), 'error')}, {counted(dropped, 'mutant')} less", flush=True)
            if not errors:
                return
            if not dropped:
                sys.exit("\n".join(error["rendered"] for error in errors[:5]))

    def drop(self, error):
        called = re.search(r"non-const (?:associated )?(?:function|method) `(.*?)`", error["message"])
        if called:
            name = re.sub(r"<.*?>", "", called[1]).split("::")[-1]
            gone = [mutant for source in self.sources.values() for mutant in source.const.pop(name, [])]
            self.take(gone, "fixed", error)
            return len(gone)
        for span in sorted(error["spans"], key=lambda span: not span["is_primary"]):
            source = self.sources.get(span["file_name"])
            if not source:
                continue
            text, at = (self.path / source.file).read_bytes(), span["byte_start"]
            numbers = [m[1] for m in re.finditer(rb"/\*<(\d+)\*/.*?/\*\1>\*/", text, re.DOTALL) if m.start() < at < m.end()]
            if not numbers and (error["code"] or {}).get("code") == "E0004":
                # A `match` may lose an arm only if a later one takes everything. This is its first arm that is left.
                numbers = re.search(rb"/\*<(\d+)\*/if !", text[at:]).groups()
            if numbers:
                return self.take([mutant for mutant in source.mutants if b"%d" % mutant.number in numbers], "unviable", error)
            groups = [m[1] for m in re.finditer(rb"/\*\((\d+)\*/", text) if m.start() < at < text.index(b"/*%s)*/" % m[1])]
            for group in source.at.values():
                if groups and any(b"%d" % mutant.number == groups[-1] for mutant in group):
                    return self.take(group, "fixed", error)
        return 0

    @staticmethod
    def take(mutants, state, error):
        mutants = [mutant for mutant in mutants if not mutant.state]
        for mutant in mutants:
            mutant.state, mutant.why = state, error["message"].splitlines()[0]
        return len(mutants)

    def tests(self):
        """Builds, and returns the tests as pairs of a program and a name, or `None` if the copy does not compile."""
        built = self.cargo("test", "--no-run")
        if not built[-1]["success"]:
            return None
        programs = [m["executable"] for m in built if m["reason"] == "compiler-artifact" and m["executable"] and m["profile"]["test"]]
        lists = {p: subprocess.check_output([p, "--list", "--format=terse"], cwd=self.path, text=True) for p in programs}
        return [(p, line.removesuffix(": test")) for p in programs for line in lists[p].splitlines() if line.endswith(": test")]

    def run(self, test, mutant, seconds, seen=None):
        """Runs one test in a process of its own, and returns whether it passes, and its CPU time in seconds."""
        temporary = self.scratch / "tmp" / threading.current_thread().name
        limits = f'ulimit -S -t {seconds:.0f}; ulimit -H -t {seconds + 5:.0f}; ulimit -v {MEMORY_KIB} -c 0; exec "$@"'
        environment = os.environ | {"TMPDIR": str(temporary), "MUTANT": str(mutant)} | ({"MUTANTS_SEEN": str(seen)} if seen else {})
        # What waits for ever is told from what waited while the machine was suspended by a second try.
        for _ in range(2):
            shutil.rmtree(temporary, ignore_errors=True)
            temporary.mkdir(parents=True)
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            command = ["sh", "-c", limits, "sh", test[0], "--exact", test[1], "--test-threads=1"]
            child = subprocess.Popen(
                command, cwd=self.path, env=environment, start_new_session=True, stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            try:
                child.wait(3 * seconds + 20)
            except subprocess.TimeoutExpired:
                pass
            try:
                os.killpg(child.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            after = resource.getrusage(resource.RUSAGE_CHILDREN) if child.wait() != -signal.SIGKILL else None
            if after:
                return child.returncode == 0, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return False, seconds

    def decide(self, mutant, tests):
        for seconds, test in sorted(tests):
            if not self.run(test, mutant.number, 10 * seconds + 2)[0]:
                mutant.state, mutant.why = "killed", test[1]
                return
        mutant.state, mutant.why = "survived", f"reached by {counted(len(tests), 'test')}"
        print(f"  {mutant.name} ({mutant.why})", flush=True)


def counted(number, noun):
    return f"{number} {noun}" + ("" if number == 1 else "s")


def table(mutants):
    rooms = collections.defaultdict(collections.Counter)
    for mutant in mutants:
        for room in (str(pathlib.PurePath(mutant.file).parent), "in all"):
            rooms[room][mutant.state] += 1
    print(f"{'':36} mutants " + " ".join(f"{state:>8}" for state in STATES) + "  survived of those run")
    for room, counts in sorted(rooms.items(), key=lambda item: (item[0] == "in all", item[0])):
        numbers = " ".join(f"{counts[state]:8}" for state in STATES)
        share = 100 * counts["survived"] / max(1, counts["killed"] + counts["survived"])
        print(f"{room:36} {counts.total():7} {numbers} {share:8.1f} %")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-f", "--file", action="append", required=True, help="files of the library whose mutants are run, as a glob")
    parser.add_argument("--scratch", type=pathlib.Path, default="target/mutants", help="folder for the copy and results.json")
    parser.add_argument("--tests", default=TESTS, help="test programs besides the library's own")
    parser.add_argument("--longest", type=float, default=20, help="seconds above which a test is left out")
    parser.add_argument("--jobs", type=int, default=1, help="mutants to run at the same time")
    parser.add_argument("--rebuild", action="store_true", help="run the fixed mutants, with a build each, and no others")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)

    command = ["cargo", "mutants", "--list", "--json", "--all-features"] + [word for f in arguments.file for word in ("-f", f)]
    listed = collections.defaultdict(list)
    for number, one in enumerate(json.loads(subprocess.check_output(command, cwd=ROOT)), 1):
        listed[one["file"]].append((number, one))
    sources = {file: Source(file, ones) for file, ones in listed.items()}
    mutants = [mutant for source in sources.values() for mutant in source.mutants]
    print(f"{counted(len(mutants), 'mutant')} in {counted(len(sources), 'file')}", flush=True)

    # Optimized a little where there is one build, and tens of thousands of tests.
    copy = Copy(arguments.scratch.resolve(), sources, arguments.tests, "0" if arguments.rebuild else "1")
    copy.drop_what_does_not_compile()
    tests, passing, reached = copy.tests(), [], collections.defaultdict(list)
    left_out, seen = [], copy.scratch / "seen"
    for test in tests:
        # Some tests go on as another user.
        seen.write_bytes(b"")
        seen.chmod(0o666)
        passed, seconds = copy.run(test, 0, arguments.longest, seen)
        if passed:
            passing.append((seconds, test))
        else:
            left_out.append(test[1])
        for (number,) in struct.iter_unpack("<I", seen.read_bytes()) if passed else []:
            reached[number].append((seconds, test))
    print(f"{counted(len(tests), 'test')}, left out: {len(left_out)}", *left_out, sep="\n  ", flush=True)

    pool = concurrent.futures.ThreadPoolExecutor(arguments.jobs)
    try:
        for mutant in [mutant for mutant in mutants if mutant.state == "fixed"] if arguments.rebuild else []:
            print(f"built: {mutant.name}", flush=True)
            copy.write(mutant)
            if copy.tests() is None:
                mutant.state = "unviable"
            else:
                # Nothing tells which tests reach a constant.
                copy.decide(mutant, passing)
        for source in sources.values() if not arguments.rebuild else []:
            print(f"{source.file}: {counted(len(source.mutants), 'mutant')}", flush=True)
            waiting = [mutant for mutant in source.mutants if not mutant.state]
            list(pool.map(lambda mutant: copy.decide(mutant, reached[mutant.number]), waiting))
    except KeyboardInterrupt:
        pool.shutdown(cancel_futures=True)
        print("stopped; the numbers are of the mutants so far", flush=True)
    table(mutants)
    results = [dataclasses.asdict(mutant) | {"replacement": mutant.replacement.decode()} for mutant in mutants]
    (copy.scratch / "results.json").write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()

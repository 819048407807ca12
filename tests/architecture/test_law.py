"""The law of docs and design as tests: imports, names, sizes, where SQL and commits live, the light edge."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("domain", "contract", "store", "gateway", "readers", "sync", "sekisho", "demo", "emulation")
REFUSED_NAMES = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "misc",
    "base",
    "manager",
    "service",
    "services",
    "core",
    "lib",
}
LINES_MAX = 400
LINES_THAT_NEED_A_REASON = 250
FUNCTION_LINES_MAX = 60


def modules() -> list[Path]:
    return sorted(
        path for package in PRODUCT for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts
    )


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(tree: ast.Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def test_import_law() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    told = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout


def test_every_top_level_package_is_under_the_law() -> None:
    found = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert found - {"tests", "benchmarks"} == set(PRODUCT)


def test_no_dumping_grounds() -> None:
    found = [
        path
        for path in modules()
        if REFUSED_NAMES & {part.removesuffix(".py") for part in path.relative_to(ROOT).parts}
    ]
    assert found == []


def test_modules_can_be_read_in_one_sitting() -> None:
    too_long = []
    for path in modules():
        text = path.read_text(encoding="utf-8")
        lines = text.count("\n")
        docstring = ast.get_docstring(ast.parse(text)) or ""
        if lines > LINES_MAX or (
            lines > LINES_THAT_NEED_A_REASON and "one module because" not in " ".join(docstring.split())
        ):
            too_long.append((lines, str(path.relative_to(ROOT))))
    assert too_long == [], 'over 250 lines the docstring says why ("… one module because …"); over 400 is split'


def test_tests_and_benchmarks_are_parted_by_subject() -> None:
    written = [path for room in ("tests", "benchmarks") for path in (ROOT / room).rglob("*.py")]
    too_long = [path for path in written if path.read_text(encoding="utf-8").count("\n") > LINES_MAX]
    assert too_long == []


def test_functions_are_short() -> None:
    steps = sorted((ROOT / "store" / "migrations" / "versions").glob("*.py"))
    too_long = [
        f"{path.relative_to(ROOT)}:{function.lineno} {function.name}"
        for path in [*modules(), *steps]
        for function in functions(tree_of(path))
        if (function.end_lineno or 0) - function.lineno + 1 > FUNCTION_LINES_MAX
    ]
    assert too_long == []


def test_commit_lives_in_one_place() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in modules()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
        if path.parts[len(ROOT.parts)] in {"store", "gateway", "sync"} and path.name not in {"tx.py", "migrate.py"}
    ]
    assert found == []


@pytest.mark.parametrize("word", ["datetime.now", "time.time", "date.today", "random.", "uuid4", "token_hex", "open("])
def test_the_domain_asks_nobody(word: str) -> None:
    found = [str(path) for path in (ROOT / "domain").rglob("*.py") if word in _code_only(path)]
    assert found == []


def _code_only(path: Path) -> str:
    return ast.unparse(_without_docstrings(tree_of(path)))


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                node.body[0] = ast.Pass()
    return tree


def test_values_of_the_domain_are_frozen() -> None:
    loose = []
    for path in (ROOT / "domain").rglob("*.py"):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.ClassDef):
                for decorator in node.decorator_list:
                    if "dataclass" in ast.unparse(decorator) and "frozen=True" not in ast.unparse(decorator):
                        loose.append(f"{path.name}:{node.name}")
    assert loose == []


def test_public_things_say_what_they_are() -> None:
    silent = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in modules()
        for node in tree_of(path).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        if not node.name.startswith("_") and ast.get_docstring(node) is None
    ]
    assert silent == []


def test_tests_of_the_pure_rooms_patch_nothing() -> None:
    found = [
        str(path.relative_to(ROOT))
        for room in ("domain", "contract", "store")
        for path in (ROOT / "tests" / room).rglob("*.py")
        if "mock" in path.read_text(encoding="utf-8") or "monkeypatch" in path.read_text(encoding="utf-8")
    ]
    assert found == []


def test_browser_tests_wait_for_what_they_read() -> None:
    """A value that is read at once may be of a page that has not come yet; ``expect`` looks until it is there."""
    at_once = re.compile(
        r"^ *assert .*(inner_text\(\)|text_content\(\)|input_value\(\)|\.count\(\)|is_\w+\(\)|\.url\b)"
    )
    found = [
        f"{path.name}:{number}"
        for path in sorted((ROOT / "tests" / "browser").glob("test_*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if at_once.search(line)
    ]
    assert found == []


def test_the_edge_starts_without_the_centres_libraries() -> None:
    program = (
        "import sys\n"
        "class Blocked:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in 'sqlalchemy fastapi starlette psycopg store gateway sync uvicorn'.split():\n"
        "            raise ImportError('the edge may not import ' + name)\n"
        "sys.meta_path.insert(0, Blocked())\n"
        "import readers.main, readers.agent\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False, env=os.environ
    )
    assert told.returncode == 0, told.stderr


def test_nothing_of_the_outside_is_committed() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    refused = [
        name
        for name in tracked
        if name.endswith((".min.js", ".min.css", "uv.lock")) or "node_modules/" in name or "/vendor/" in name
    ]
    assert refused == []


def test_no_address_of_a_package_host_or_machine_path() -> None:
    hosts = "p{0}ypi[.]org|python{0}hosted|registry[.]np{0}mjs|deb[.]deb{0}ian[.]org|/wo{0}rk/main|/ro{0}ot/".format("")
    told = subprocess.run(["git", "grep", "-nIE", hosts], cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.stdout == ""

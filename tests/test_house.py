"""The house rules that a machine can hold: floors, sizes, docstrings, no trace of a machine."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted((ROOT / "src" / "analysis").rglob("*.py"))
LONGEST_FUNCTION = 40
LONGEST_MODULE = 300
#: Longer with a reason; nothing else may be.
LONG_FUNCTIONS = {"intake/demo/pupils.py:_stage": 46}  # one draw after the other: their order decides the bytes


def names(path: Path) -> str:
    return path.relative_to(ROOT / "src" / "analysis").as_posix()


@pytest.fixture(params=MODULES, ids=names)
def module(request) -> Path:
    return request.param


def functions(tree: ast.AST) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def code_lines(function: ast.FunctionDef) -> int:
    """Lines of a function without its docstring."""
    docstring = function.body[0] if ast.get_docstring(function) is not None else None
    length = (function.end_lineno or function.lineno) - function.lineno + 1
    return length - (docstring.end_lineno - docstring.lineno + 1 if docstring else 0)


def test_imports_go_down_the_floors_only(capsys, monkeypatch):
    from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

    monkeypatch.chdir(ROOT)
    monkeypatch.syspath_prepend(ROOT / "src")
    status = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)
    assert status == EXIT_STATUS_SUCCESS, capsys.readouterr().out


def test_a_module_is_short_enough_to_be_read_in_one_sitting(module):
    assert len(module.read_text("utf-8").splitlines()) <= LONGEST_MODULE


def test_functions_are_short(module):
    long = {f.name: code_lines(f) for f in functions(ast.parse(module.read_text("utf-8")))
            if code_lines(f) >= LONGEST_FUNCTION}  # fmt: skip
    assert {f"{names(module)}:{name}": lines for name, lines in long.items()} == {
        name: lines for name, lines in LONG_FUNCTIONS.items() if name.startswith(f"{names(module)}:")
    }


def test_everything_public_says_what_it_is_for(module):
    tree = ast.parse(module.read_text("utf-8"))
    assert ast.get_docstring(tree), "module"
    bare = [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
        and ast.get_docstring(node) is None
    ]  # fmt: skip
    assert bare == []


def test_imports_are_absolute(module):
    tree = ast.parse(module.read_text("utf-8"))
    assert [node.lineno for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level] == []


def test_chance_is_always_seeded(module):
    """Same input, same bytes: the only randomness is ``default_rng`` with a seed; a key of pseudonyms is secret instead."""
    text = module.read_text("utf-8")
    assert not re.search(
        r"default_rng\(\s*\)|np\.random\.(?!default_rng|Generator)|^import random|RandomState", text, re.M
    )


def test_no_module_reads_the_clock_for_a_page(module):
    """Dates on a page come from data; a clock is for waiting, and for the commands' check that no date is yet to come."""
    if names(module) == "__main__.py":
        return
    assert not re.search(r"datetime\.now|date\.today|time\.time\(|utcnow", module.read_text("utf-8"))


@pytest.mark.parametrize("folder", ["src", "tests", "notebooks", "params", "tools"])
def test_no_file_names_a_machine(folder):
    here = Path(__file__).resolve()
    for path in (ROOT / folder).rglob("*"):
        if path.suffix in (".py", ".yml", ".ipynb", ".j2", ".css", ".sh") and path.resolve() != here:
            text = path.read_text("utf-8")
            assert not re.search(r"/home/\w|/root/|/work/|/Users/\w|C:\\\\", text), path

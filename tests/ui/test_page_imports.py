"""What a page imports before it draws."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = sorted((ROOT / "pages").glob("*.py"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_draws_before_pytorch_loads(page):
    """PyTorch takes seconds; a page that imports it stays blank for that long on a fresh server."""
    modules = {
        node.module for node in ast.walk(ast.parse(page.read_text())) if isinstance(node, ast.ImportFrom)
    }
    code = f"import sys, {', '.join(sorted(modules))}; sys.exit('torch' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False)
    assert result.returncode == 0, result.stderr.decode()

"""The page of derivative rules is the table of the rules."""

from pathlib import Path

from chainrule.gradient.rules import RULES
from chainrule.notation import parse_expression, show
from chainrule.notation.known import KNOWN

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "rules.md"


def table() -> list[str]:
    """The rows of the page, from the rules."""
    rows = ["| function | slope | where the value s has a name | why | at a kink |", "|---|---|---|---|---|"]
    for name, rule in RULES.items():
        arguments = ", ".join("uv"[: KNOWN[name]])
        slopes = "; ".join(f"`{text(slope)}`" for slope in rule.slopes)
        values = "; ".join(f"`{text(slope)}`" for slope in rule.values)
        why = f"{rule.reason} ({rule.source})".replace("|", "\\|")
        rows.append(f"| {name}({arguments}) | {slopes} | {values} | {why} | {rule.kink} |")
    return rows


def text(row: str) -> str:
    return show(parse_expression(row, quantities=("u", "v", "s")))


def test_the_page_is_current() -> None:
    page = PAGE.read_text("utf-8")
    assert "\n".join(table()) in page

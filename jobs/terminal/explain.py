"""One consignment on a terminal: grade, reasons, the lists side by side, history."""

import dataclasses
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sandan.algorithms.read_models.consignment import ConsignmentView, full_key, view_consignment
from sandan.algorithms.results.results import open_results
from sandan.algorithms.scoring.waterfall import waterfall
from sandan.algorithms.taxes.limits import limits_on
from sandan.algorithms.vocabulary.labels import FIELDS, LISTS, label
from sandan.algorithms.vocabulary.registry import registry, use
from sandan.algorithms.wording.render import barred, because
from sandan.record.home import HomePaths
from sandan.record.settings import Settings
from sandan.record.values.moment import BEIJING

_WORDS = {
    "grade": ("grade", "等级"),
    "score": ("score", "分值"),
    "status": ("status", "状态"),
    "none": ("No finding: the lists agree", "未发现问题：各单证相符"),
    "missing": ("MISSING", "缺失"),
    "absent": ("(none)", "（无）"),
    "marked": ("!", "!"),
    "history": ("History", "时间线"),
    "as_of": ("as of", "截至"),
    "start": ("assumed of any consignment", "任一票货物的假定"),
    "rest": ("companions, and the model where there is one", "关联货物及模型（如有）"),
    "end": ("score", "分值"),
    "tax": (
        "Tax due {tax_due:,.2f} CNY, without reduction {tax_full:,.2f}; charged {charged}; at stake {revenue_at_stake:,.2f}",
        "应缴税款 {tax_due:,.2f} 元，不减征为 {tax_full:,.2f} 元；已征 {charged}；涉税风险 {revenue_at_stake:,.2f} 元",
    ),
    "also": ("; ", "；"),
    "over_transaction": ("in full, as it is above the limit of one transaction", "超过单次交易限值，按全额计征"),
    "over_year": ("in full, as the buyer is above the limit of the year", "超过年度交易限值，按全额计征"),
    "not_charged": ("not known", "未知"),
    "quota": (
        "The buyer had used {quota_used:,.2f} of {limit:,.0f} CNY of the year's allowance before, at least",
        "该订购人此前至少已使用年度额度 {quota_used:,.2f} 元（共 {limit:,.0f} 元）",
    ),
    "sums": ("How the evidence adds up, in bits (log2 of the odds)", "证据如何累加（比特，几率的以 2 为底对数）"),
}


def print_explanation(settings: Settings, key: str, run_id: str | None, *, as_json: bool) -> None:
    """Print what is known of one consignment; personal data stay masked.

    Raises:
        UnknownId, InputError, NothingScored: As `view_consignment`.
    """
    use(settings)
    paths = HomePaths(settings.home)
    view = view_consignment(paths, open_results(paths, run_id), key)
    if as_json:
        print(json.dumps(_plain(view, settings.language), ensure_ascii=False, indent=1, default=str))
        return
    _print(view, settings.language, Console())


def _plain(view: ConsignmentView, language: str) -> dict[str, Any]:
    return {
        "key": full_key(view.alert),
        "alert": {
            **view.alert,
            "typologies": "|".join(view.alert["typologies"]),
            "reasons": barred(because(f, language) for f in view.findings),
        },
        "findings": [
            {
                **{k: f[k] for k in ("typology", "reason", "cause", "score", "bits", "evidence", "marked", "cypher")},
                "because": because(f, language),
                "values": json.loads(f["values"]),
            }
            for f in view.findings
        ],
        "waterfall": _sums(view),
        "lists": [dataclasses.asdict(item) for item in view.lists],
        "history": [dict(zip(("at", "list", "change"), entry, strict=True)) for entry in view.history],
        "as_of": view.as_of,
    }


def _sums(view: ConsignmentView) -> dict[str, Any]:
    made = waterfall(view.findings, float(view.alert["score"]))
    steps = [{"typology": step.finding["typology"], "cause": step.finding["cause"], "bits": round(step.bits, 3)} for step in made.steps]
    return {"start": round(made.start, 3), "steps": steps, "rest": round(made.rest, 3), "end": round(made.end, 3)}


def _money(alert: Mapping[str, Any], word: Callable[[str], str]) -> Iterator[str]:
    """Lines on tax and on the buyer's allowance; none where the run knows nothing of them."""
    if alert.get("tax_due") is not None:
        charged = word("not_charged") if alert["tax_charged"] is None else f"{alert['tax_charged']:,.2f}"
        over = alert.get("tax_over")
        yield word("tax").format(**alert, charged=charged) + (word("also") + word(f"over_{over}") if over else "")
    if alert.get("quota_used") is not None:
        yield word("quota").format(**alert, limit=limits_on(alert["known_at"].astimezone(BEIJING).date()).year)


def _print(view: ConsignmentView, language: str, console: Console) -> None:
    def word(key: str) -> str:
        return label(_WORDS, key, language)

    alert = view.alert
    head = (
        f"{full_key(alert)}   {word('grade')} {alert['grade']}   {word('score')} {alert['score']:.3f}   {word('status')} {alert['status']}"
    )
    console.print(head, style="bold", markup=False)
    console.print(f"{word('as_of')} {view.as_of}", markup=False, style="dim")
    for finding in view.findings:
        sentence = because(finding, language)
        console.print(f"  {finding['bits']:+5.1f}  {registry().label(finding['typology'], language)}: {sentence}", markup=False)
    if not view.findings:
        console.print(f"  {word('none')}", markup=False)
    for line in _money(alert, word):
        console.print(f"  {line}", markup=False)
    sums = _sums(view)
    if sums["steps"]:
        console.print(word("sums"), style="bold", markup=False)
        lines = [("start", sums["start"]), *((step, step["bits"]) for step in sums["steps"]), ("rest", sums["rest"]), ("end", sums["end"])]
        for what, bits in lines:
            name = word(what) if isinstance(what, str) else registry().label(what["typology"], language)
            console.print(f"  {bits:+6.1f}  {name}", markup=False)
    table = Table(show_lines=False)
    table.add_column("")
    for item in view.lists:
        table.add_column(label(LISTS, item.kind, language), overflow="fold")
    names = list(dict.fromkeys(cell.name for item in view.lists for cell in item.cells))
    for name in names:
        row: list[Text] = [Text(label(FIELDS, name, language))]
        for item in view.lists:
            cell = next((c for c in item.cells if c.name == name), None)
            row.append(
                Text("")
                if cell is None
                else Text(f"{word('marked')} {cell.text}" if cell.marked else cell.text, "bold red" if cell.marked else "")
            )
        table.add_row(*row)
    state = [Text("")]
    for item in view.lists:
        state.append(Text("") if item.found else Text(word("missing" if item.marked else "absent"), "bold red" if item.marked else "dim"))
    table.add_row(*state)
    console.print(table)
    console.print(word("history"), style="bold", markup=False)
    for at, kind, change in view.history:
        console.print(f"  {at}  {label(LISTS, kind, language)}  {change}", markup=False)

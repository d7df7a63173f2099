"""Which risk warnings a run gives reason for: to customs themselves, to a party, to the public, to other departments."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from babel import Locale

from sandan.algorithms.results.results import Results
from sandan.algorithms.scoring.outcomes import COMPLIANT
from sandan.algorithms.vocabulary.registry import registry
from sandan.algorithms.vocabulary.sentence import Sentence
from sandan.algorithms.vocabulary.statement import values_of
from sandan.algorithms.wording.render import because, operator_reasons, strongest_first, summary
from sandan.algorithms.wording.warnings import UNTOLD, warning_text
from sandan.record.app.warnings import Draft
from sandan.record.catalog.keys import consignment_key
from sandan.record.values.moment import BEIJING

_LANGUAGES = ("en", "zh")
_MOST_NAMES = 5
# Whose lists a notice can ask about.
_PARTIES = ("seller", "platform", "payment", "logistics", "agent")
_ROLES: Mapping[str, Sentence] = {
    "seller": Sentence("Seller", "电商企业"),
    "platform": Sentence("Platform", "电商平台"),
    "payment": Sentence("Payment provider", "支付企业"),
    "logistics": Sentence("Carrier", "物流企业"),
    "agent": Sentence("Declarant", "申报企业"),
}
_OUTCOMES: Mapping[str, Sentence] = {
    "forged": Sentence("forged transactions", "虚假交易"),
    "undervalued": Sentence("undervalued", "低报价格"),
    "ipr": Sentence("infringing goods", "侵权货物"),
    "prohibited": Sentence("prohibited goods", "禁止进出境物品"),
}
# What lends others' identities and allowances, of which the people concerned should hear.
_OF_IDENTITIES = frozenset({"identity_ring", "quota"})
# Whose findings with a floor are of one consignment: a signature that is not valid is its sender's, on all his messages.
_OF_GOODS = ("watchlist", "scan_mismatch")
_GONE = ("released", "returned", "cancelled", "refused")


def draft_warnings(results: Results, outcomes: Mapping[str, Collection[str]]) -> list[Draft]:
    """What a run gives reason to warn of, the same drafts for the same run.

    - internal: clusters with a consignment graded high or found in breach, operators graded high, consignments that are here still and
      have a finding that holds their grade up by itself (a control of another office, a prohibited object in the image);
    - party: operators graded high, about their own consignments alone: no other party, no person, and nothing of watchlists;
    - public and department: clusters of which an inspection found a member in breach. The public hears of brands and countries, no party.

    Args:
        results: The run.
        outcomes: What inspections found, by `consignment_id`, as known on the date of the run.
    """
    alerts = {row["consignment_id"]: row for row in results.table("alerts").to_pylist()}
    findings: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for finding in results.table("findings").to_pylist():
        findings[finding["consignment_id"]].append(finding)
    members: defaultdict[str, list[str]] = defaultdict(list)
    for row in results.table("members").to_pylist():
        members[row["cluster_id"]].append(row["consignment_id"])
    drafting = _Drafting(results, alerts, findings, outcomes)
    drafts = [draft for row in results.table("clusters").to_pylist() for draft in drafting.of_cluster(row, members[row["cluster_id"]])]
    drafts += [draft for row in results.table("operators").to_pylist() for draft in drafting.of_operator(row)]
    drafts += [draft for row in alerts.values() for draft in drafting.of_consignment(row)]
    return list({(draft.audience, draft.subject): draft for draft in sorted(drafts, key=lambda one: (one.audience, one.subject))}.values())


class _Drafting:
    """What all drafts of one run need."""

    def __init__(
        self,
        results: Results,
        alerts: Mapping[str, Mapping[str, Any]],
        findings: Mapping[str, Sequence[Mapping[str, Any]]],
        outcomes: Mapping[str, Collection[str]],
    ) -> None:
        self._run_id, self._as_of = results.run_id, results.as_of
        self._alerts, self._findings, self._outcomes = alerts, findings, outcomes

    def of_cluster(self, cluster: Mapping[str, Any], ids: Sequence[str]) -> Iterator[Draft]:
        inspected = [self._outcomes[one] for one in ids if one in self._outcomes]
        breaches = Counter(kind for found in inspected for kind in sorted(set(found)) if kind != COMPLIANT)
        n_high = sum(self._alerts[one]["grade"] == "high" for one in ids if one in self._alerts)
        if not n_high and not breaches:
            return
        level, subject, kind = "confirmed" if breaches else "high", f"cluster:{cluster['cluster_id']}", str(cluster["kind"])
        values = {
            "name": cluster["cluster_id"], "n": len(ids), "n_high": n_high, "first": cluster["first_seen"].astimezone(BEIJING),
            "last": cluster["last_seen"].astimezone(BEIJING), "n_inspected": len(inspected),
            "n_breach": sum(any(kind != COMPLIANT for kind in found) for found in inspected), "brands": self._brands(ids),
            "sellers": self._sellers(ids),
        }  # fmt: skip
        typologies = tuple(cluster["typologies"])
        texts = {language: self._cluster_values(values, cluster, breaches, language) for language in _LANGUAGES}
        yield self._draft("internal", level, subject, typologies, "internal_cluster", texts)
        if breaches:
            yield self._draft("department", level, subject, typologies, f"department_{kind}", texts)
        # The public hears of what was found, not of what is suspected.
        if kind == "ipr" and breaches["ipr"]:
            yield self._draft("public", level, subject, typologies, "public_ipr", texts)
        if kind == "forged" and breaches["forged"] and _OF_IDENTITIES & set(typologies):
            # It names no cluster: once a month is enough, however many there are.
            month = f"identities:{self._as_of.astimezone(BEIJING):%Y-%m}"
            yield self._draft("public", level, month, ("identity_ring",), "public_forged", texts)

    def of_operator(self, operator: Mapping[str, Any]) -> Iterator[Draft]:
        if operator["grade"] != "high":
            return
        subject, typologies = f"operator:{operator['role']}:{operator['code']}", tuple(operator["typologies"])
        values = {
            "name": operator["name"] or operator["code"], "code": operator["code"], "n": operator["n_orders"], "n_high": operator["n_high"],
        }  # fmt: skip
        said = tuple(name for name in typologies if name not in UNTOLD)
        texts: dict[str, dict[str, object]] = {}
        for language in _LANGUAGES:
            role = _ROLES.get(operator["role"])
            texts[language] = {
                **values,
                "role": role.render(language, {}) if role else operator["role"],
                "reasons": _joined(operator_reasons(operator, language, labels=True), language, "; ", "；"),
                "typologies": _joined([registry().label(name, language) for name in said], language),
            }
        yield self._draft("internal", "high", subject, typologies, "internal_operator", texts)
        if said and operator["n_high"] and operator["role"] in _PARTIES:
            yield self._draft("party", "high", subject, said, "party_operator", texts)

    def of_consignment(self, alert: Mapping[str, Any]) -> Iterator[Draft]:
        if alert["grade"] == "low" or alert["status"] in _GONE:
            return
        found_here = self._findings.get(alert["consignment_id"], ())
        holding = [found for found in found_here if found["typology"] in _OF_GOODS and registry().is_floor(found["reason"])]
        if holding:
            key = consignment_key(alert)
            typologies = tuple(dict.fromkeys(str(found["typology"]) for found in strongest_first(holding)))
            texts: dict[str, dict[str, object]] = {
                language: {
                    "name": key,
                    "reasons": _joined([because(found, language) for found in strongest_first(holding)], language, "; ", "；"),
                }
                for language in _LANGUAGES
            }
            yield self._draft("internal", alert["grade"], f"consignment:{key}", typologies, "internal_consignment", texts)

    def _cluster_values(
        self, values: Mapping[str, object], cluster: Mapping[str, Any], breaches: Counter[str], language: str
    ) -> dict[str, object]:
        names = Locale.parse(language).territories
        found = [
            f"{_OUTCOMES[kind].render(language, {})} {n}" if kind in _OUTCOMES else f"{kind} {n}" for kind, n in sorted(breaches.items())
        ]
        return {
            **values,
            "summary": summary(cluster, language).rstrip("。."),
            "outcomes": _joined(found, language),
            "places": [names.get(code, code) for code in cluster["top_destinations"][:_MOST_NAMES]],
        }

    def _brands(self, ids: Sequence[str]) -> list[str]:
        """Brands that findings on the members name, the most frequent first."""
        named = Counter(
            str(brand) for one in ids for found in self._findings.get(one, ()) if (brand := values_of(found["values"]).get("brand"))
        )
        return [brand for brand, _ in named.most_common(_MOST_NAMES)]

    def _sellers(self, ids: Sequence[str]) -> str:
        codes = Counter(code for one in ids if one in self._alerts and (code := self._alerts[one]["ebc_code"]))
        shown = ", ".join(code for code, _ in codes.most_common(_MOST_NAMES)) or "–"
        return f"{shown} +{len(codes) - _MOST_NAMES}" if len(codes) > _MOST_NAMES else shown

    def _draft(
        self, audience: str, level: str, subject: str, typologies: tuple[str, ...], key: str, texts: Mapping[str, Mapping[str, object]]
    ) -> Draft:
        as_of = f"{self._as_of.astimezone(BEIJING):%Y-%m-%d}"
        en, zh = (warning_text(key, language, {**texts[language], "as_of": as_of}) for language in _LANGUAGES)
        return Draft(audience, level, subject, typologies, en, zh, self._run_id)


def _joined(parts: Sequence[str], language: str, en: str = ", ", zh: str = "、") -> str:
    return (zh if language == "zh" else en).join(part.rstrip("。.") for part in parts)
